import type * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from '../core/device.ts';
import { EngineError } from '../core/errors.ts';

type Listener = (error: EngineError) => void;

const listeners = new Set<Listener>();
/** Back-ends that we are closing ourselves: their device goes away on purpose. */
const closing = new WeakSet<object>();

/**
 * Calls `listener` when the graphics device of a back-end goes away (driver reset, sleep, GPU process ended).
 * All tensors there are lost; open another back-end and rebuild from host copies.
 * Returns the function that ends the subscription.
 */
export function onDeviceLost(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Says that the loss of this back-end's device is wanted. */
export function expectLoss(backend: tf.KernelBackend): void {
  closing.add(backend);
}

/** Watches the device behind a back-end that has one (webgpu, webgl). */
export function watchDevice(name: BackendName, backend: tf.KernelBackend): void {
  const report = (reason: string) => {
    if (closing.has(backend)) return;
    const error = new EngineError(
      'device-lost',
      `The ${name} device was lost (${reason}). Open another back-end and load the model again.`,
      { backend: name },
    );
    for (const listener of listeners) listener(error);
  };
  if (name === 'webgpu' && 'device' in backend) {
    void (backend.device as LosableDevice).lost.then(({ reason }) => report(reason));
  }
  if (name === 'webgl' && 'gpgpu' in backend) {
    const { canvas } = (backend.gpgpu as { gl: { canvas: EventTarget } }).gl;
    canvas.addEventListener('webglcontextlost', () => report('context lost'));
  }
}

/** The part of `GPUDevice` that is used here; the TypeScript library has no WebGPU types for workers. */
interface LosableDevice {
  readonly lost: Promise<{ readonly reason: string }>;
}
