import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import type { BackendName, MissingReason } from '../core/device.ts';
import { expectLoss, watchDevice } from './device-loss.ts';
import { registerGpuKernels } from './kernels/gpu/register.ts';
import { registerGradients } from './kernels/gradients.ts';
import { registerWebgpuKernels } from './kernels/webgpu-kernels.ts';
import { openWasm } from './wasm.ts';

registerGradients();

/** An open back-end, or why there is none. */
export type BackendOpening =
  | {
      readonly status: 'open';
      readonly backend: BackendName;
      readonly threads: number;
      readonly simd: boolean;
    }
  | { readonly status: 'unavailable'; readonly backend: BackendName; readonly reason: MissingReason };

const facts = new Map<BackendName, { readonly threads: number; readonly simd: boolean }>();

/**
 * Loads a back-end (each is a chunk of its own), starts it and makes it the active one of tfjs.
 * Opening one that is open already only activates it. Never throws: what fails is a reason.
 */
export async function openBackend(name: BackendName): Promise<BackendOpening> {
  const previous = tf.getBackend();
  tf.enableProdMode();
  try {
    const known = facts.get(name);
    if (known !== undefined && (await tf.setBackend(name)))
      return { status: 'open', backend: name, ...known };
    const opened = await start(name);
    if ('code' in opened) {
      await reactivate(previous);
      return { status: 'unavailable', backend: name, reason: opened };
    }
    facts.set(name, opened);
    watchDevice(name, tf.backend());
    return { status: 'open', backend: name, ...opened };
  } catch (thrown) {
    await reactivate(previous);
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { status: 'unavailable', backend: name, reason: { code: 'threw', message } };
  }
}

/**
 * Ends a back-end and everything on it. It can be opened again later.
 * Tensors that live there are gone; dispose them first.
 */
export function closeBackend(name: BackendName): void {
  if (!facts.delete(name)) return;
  const backend: tf.KernelBackend | null = tf.findBackend(name);
  if ((backend as tf.KernelBackend | null) !== null) expectLoss(backend);
  // Removing forgets the factory too, and its module registers it only once.
  const factory = tf.findBackendFactory(name);
  tf.removeBackend(name);
  tf.registerBackend(name, factory);
}

/** The active back-end of tfjs, as one of ours; `null` before the first {@link openBackend}. */
export function activeBackend(): BackendName | null {
  const name = tf.getBackend();
  for (const known of facts.keys()) if (known === name) return known;
  return null;
}

type Facts = { readonly threads: number; readonly simd: boolean };

async function start(name: BackendName): Promise<Facts | MissingReason> {
  switch (name) {
    case 'wasm': {
      if (typeof WebAssembly === 'undefined') return { code: 'not-in-browser' };
      return (await openWasm()) ?? { code: 'not-started' };
    }
    case 'webgpu':
      return startWebgpu();
    case 'webgl': {
      await import('@tensorflow/tfjs-backend-webgl');
      registerGpuKernels('webgl');
      return activate(name, 'no-float-textures');
    }
    case 'cpu': {
      await import('@tensorflow/tfjs-backend-cpu');
      return activate(name, 'not-started');
    }
  }
}

async function startWebgpu(): Promise<Facts | MissingReason> {
  if (!('gpu' in navigator)) return { code: 'not-in-browser' };
  const gpu = navigator.gpu as { requestAdapter(): Promise<object | null> };
  // The first request of a fresh browser was seen to be answered with none on a machine that has one: its process of the
  // GPU was starting again. The second found it.
  if (((await gpu.requestAdapter()) ?? (await gpu.requestAdapter())) === null) return { code: 'no-adapter' };
  await import('@tensorflow/tfjs-backend-webgpu');
  registerWebgpuKernels();
  registerGpuKernels('webgpu');
  return activate('webgpu', 'no-device');
}

async function activate(
  name: BackendName,
  otherwise: 'no-float-textures' | 'not-started' | 'no-device',
): Promise<Facts | MissingReason> {
  return (await tf.setBackend(name)) ? { threads: 1, simd: false } : { code: otherwise };
}

/** After a failure: tfjs has no active back-end then, or a half-made one. */
async function reactivate(previous: string): Promise<void> {
  if (previous !== '' && previous in tf.engine().registry) await tf.setBackend(previous);
}
