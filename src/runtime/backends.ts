import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import type { BackendName } from '../core/device.ts';
import { expectLoss, watchDevice } from './device-loss.ts';
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
  | { readonly status: 'unavailable'; readonly backend: BackendName; readonly reason: string };

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
    if (typeof opened === 'string') {
      await reactivate(previous);
      return { status: 'unavailable', backend: name, reason: opened };
    }
    facts.set(name, opened);
    watchDevice(name, tf.backend());
    return { status: 'open', backend: name, ...opened };
  } catch (thrown) {
    await reactivate(previous);
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return { status: 'unavailable', backend: name, reason };
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

async function start(name: BackendName): Promise<Facts | string> {
  switch (name) {
    case 'wasm': {
      if (typeof WebAssembly === 'undefined') return 'This browser has no WebAssembly.';
      return (await openWasm()) ?? 'The WebAssembly module could not be started.';
    }
    case 'webgpu':
      return startWebgpu();
    case 'webgl': {
      await import('@tensorflow/tfjs-backend-webgl');
      return activate(name, 'WebGL is off or has no float textures here.');
    }
    case 'cpu': {
      await import('@tensorflow/tfjs-backend-cpu');
      return activate(name, 'The JavaScript back-end could not be started.');
    }
  }
}

async function startWebgpu(): Promise<Facts | string> {
  if (!('gpu' in navigator)) return 'This browser has no WebGPU.';
  const gpu = navigator.gpu as { requestAdapter(): Promise<object | null> };
  // The first request of a fresh browser was seen to be answered with none on a machine that has one: its process of the
  // GPU was starting again. The second found it.
  if (((await gpu.requestAdapter()) ?? (await gpu.requestAdapter())) === null)
    return 'WebGPU found no adapter.';
  await import('@tensorflow/tfjs-backend-webgpu');
  registerWebgpuKernels();
  return activate('webgpu', 'WebGPU found an adapter but gave no device.');
}

async function activate(name: BackendName, otherwise: string): Promise<Facts | string> {
  return (await tf.setBackend(name)) ? { threads: 1, simd: false } : otherwise;
}

/** After a failure: tfjs has no active back-end then, or a half-made one. */
async function reactivate(previous: string): Promise<void> {
  if (previous !== '' && previous in tf.engine().registry) await tf.setBackend(previous);
}
