import { loadKernels } from './compiled.ts';
import { startHelpers } from './helpers.ts';
import { ARGUMENTS, CHUNKS, CONTROL_WORDS, JOB } from './wasm/jobs.ts';
import type { WasmHeap } from './wasm-heap.ts';

/** What the compiled kernels export; the last three only where memory is shared. */
export interface KernelExports {
  readonly runAlone: (control: number) => void;
  readonly close?: (control: number) => void;
  /** 0: a helper took a chunk and did not bring it back. */
  readonly runTogether?: (control: number, mayBlock: number) => number;
  readonly serve?: (control: number, thread: number) => void;
}

/** A job of the compiled kernels, see `wasm/chunk.ts`. */
export interface Job {
  readonly job: number;
  /** Pointers and sizes as words; {@link floatWord} makes one of a number with a fraction. At most 48. */
  readonly args: readonly number[];
  /** Parts that threads may do in any order. The result does not depend on who does which. */
  readonly chunks: number;
}

/** Runs jobs on the memory of one WASM back-end, with helpers if it has any. */
export class KernelRunner {
  /** Threads that may take part, the calling one included: scratch memory is needed for each. */
  threads = 1;
  private readonly exports: KernelExports;
  private readonly memory: WebAssembly.Memory;
  private readonly control: number;
  private helpers: readonly Worker[] = [];

  /** @param control Address of {@link CONTROL_WORDS} words of the memory. */
  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, control: number) {
    this.memory = memory;
    this.control = control;
    this.exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
    new Int32Array(memory.buffer, control, CONTROL_WORDS).fill(0);
    this.exports.close?.(control);
  }

  async addHelpers(module: WebAssembly.Module, count: number): Promise<void> {
    const { memory, control } = this;
    this.helpers = await startHelpers({ module, memory, control }, count);
    // Numbers are given before it is known who starts.
    this.threads = this.helpers.length === 0 ? 1 : count + 1;
  }

  run({ job, args, chunks }: Job): void {
    if (chunks <= 0) return;
    const words = new Int32Array(this.memory.buffer, this.control, CONTROL_WORDS);
    words[JOB] = job;
    words[CHUNKS] = chunks;
    words.set(args, ARGUMENTS);
    const { runTogether } = this.exports;
    if (this.helpers.length === 0 || chunks === 1 || runTogether === undefined) {
      this.exports.runAlone(this.control);
      return;
    }
    if (runTogether(this.control, MAY_BLOCK ? 1 : 0) === 1) return;
    // A helper died with a chunk in its hands.
    this.end();
    this.exports.runAlone(this.control);
  }

  /** Ends the helpers; jobs still run, on the calling thread. */
  end(): void {
    for (const helper of this.helpers) helper.terminate();
    this.helpers = [];
  }
}

/** The thread of a page must not sleep. */
const MAY_BLOCK = !('document' in globalThis);

/** The bits of a float32. */
export function floatWord(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0] ?? 0;
}

const runners = new WeakMap<object, KernelRunner>();

/** The runner of a back-end; undefined where there is no SIMD. */
export function kernelRunner(backend: object): KernelRunner | undefined {
  return runners.get(backend);
}

/** The same, where a kernel is only called with one. */
export function runnerOf(backend: object): KernelRunner {
  const runner = runners.get(backend);
  if (runner === undefined) throw new Error('This kernel needs SIMD.');
  return runner;
}

/**
 * Gives a back-end the compiled kernels, with one helper less than `threads`. Its memory is grown and freed by the
 * back-end; helpers end with it.
 */
export async function attachKernels(
  backend: WasmHeap & { dispose(): void },
  memory: WebAssembly.Memory,
  threads: number,
): Promise<void> {
  const shared = !(memory.buffer instanceof ArrayBuffer);
  const module = await loadKernels(shared);
  if (module === null) return;
  const { dataId } = backend.makeOutput([CONTROL_WORDS], 'int32');
  const runner = new KernelRunner(module, memory, backend.getMemoryOffset(dataId));
  runners.set(backend, runner);
  const dispose = backend.dispose.bind(backend);
  backend.dispose = () => {
    runner.end();
    dispose();
  };
  if (shared && threads > 1) await runner.addHelpers(module, threads - 1);
}
