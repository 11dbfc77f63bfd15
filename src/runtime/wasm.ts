/**
 * @file The WASM back-end in a bundle. Two things of tfjs do not survive bundling and are set right here:
 * its thread workers are started from `factory.toString()`, which a minifier breaks (the text then names variables of
 * the chunk around it), so the factory gets the untouched source as its text; and it never uses more than half of
 * `navigator.hardwareConcurrency`, so that number is doubled for the moment in which the module starts.
 */
import * as tf from '@tensorflow/tfjs-core';
import { registerWasmKernels } from './kernels/register.ts';
import { attachKernels } from './kernels/runner.ts';
import type { WasmHeap } from './kernels/wasm-heap.ts';

/** Threads beyond this help little: the binary prepares eight at most, and decoding needs some cores too. */
const MAX_THREADS = 8;

export interface WasmFacts {
  readonly threads: number;
  readonly simd: boolean;
}

/** The members of the compiled module that we use; tfjs does not type them. */
interface WasmModule {
  readonly PThread?: { readonly unusedWorkers: Worker[] };
  readonly asm?: { readonly memory?: WebAssembly.Memory };
}

/**
 * Threads to ask for: all of a small machine, one less on a larger one, so that the page keeps a core.
 * 1 without cross-origin isolation.
 */
export function wantedThreads(cores: number, isolated: boolean): number {
  if (!isolated) return 1;
  return Math.min(MAX_THREADS, cores <= 2 ? cores : cores - 1);
}

/**
 * Starts the WASM back-end and makes it the active one, with the gradient kernels that tfjs lacks there.
 * @throws what tfjs throws when the binary cannot be fetched or compiled.
 */
export async function openWasm(): Promise<WasmFacts | null> {
  const [wasm, glue, source, plain, vector, threaded] = await Promise.all([
    import('@tensorflow/tfjs-backend-wasm'),
    import('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js'),
    import('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js?raw'),
    import('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url'),
    import('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url'),
    import('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url'),
  ]);
  glue.default.toString = () => `(() => {${source.default};return WasmBackendModuleThreadedSimd;})()`;
  wasm.setWasmPaths({
    'tfjs-backend-wasm.wasm': plain.default,
    'tfjs-backend-wasm-simd.wasm': vector.default,
    'tfjs-backend-wasm-threaded-simd.wasm': threaded.default,
  });
  const cores = navigator.hardwareConcurrency;
  const threads = wantedThreads(cores, globalThis.crossOriginIsolated);
  wasm.setThreadsCount(threads);
  registerWasmKernels();
  const { result: opened, memory } = await withMemory(() =>
    withReportedCores(threads * 2, () => tf.setBackend('wasm')),
  );
  if (!opened) return null;
  const backend = tf.backend() as tf.KernelBackend & WasmHeap & { readonly wasm: WasmModule };
  endUnusedWorkers(backend.wasm);
  const simd = (await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) as boolean;
  const heap = memory ?? backend.wasm.asm?.memory;
  if (simd && heap !== undefined) await attachKernels(backend, heap, wasm.getThreadsCount());
  return { threads: wasm.getThreadsCount(), simd };
}

async function withReportedCores<T>(cores: number, action: () => Promise<T>): Promise<T> {
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: cores, configurable: true });
  try {
    return await action();
  } finally {
    Reflect.deleteProperty(navigator, 'hardwareConcurrency');
  }
}

/**
 * Catches the memory that the threaded module makes: it keeps it to itself, and our kernels work on it.
 * The module without threads exports its own.
 */
async function withMemory<T>(
  action: () => Promise<T>,
): Promise<{ readonly result: T; readonly memory: WebAssembly.Memory | undefined }> {
  const { Memory } = WebAssembly;
  let memory: WebAssembly.Memory | undefined;
  WebAssembly.Memory = new Proxy(Memory, {
    construct(target, [descriptor]: [WebAssembly.MemoryDescriptor]) {
      memory = new target(descriptor);
      return memory;
    },
  });
  try {
    const result = await action();
    return { result, memory };
  } finally {
    WebAssembly.Memory = Memory;
  }
}

/** The binary starts eight workers whatever it uses; those it does not use only hold memory. */
function endUnusedWorkers({ PThread: pool }: WasmModule): void {
  for (const worker of pool?.unusedWorkers.splice(0) ?? []) worker.terminate();
}
