/** @file Times kernels and a training step inside a worker, as the engine runs them. */
import * as tf from '@tensorflow/tfjs-core';
import { loadTrunk } from '../src/models/load-trunk.ts';
import { openBackend } from '../src/runtime/backends.ts';
import { kernelCases } from './kernel-cases.ts';

export interface KernelReport {
  readonly threads: number;
  readonly cases: readonly {
    readonly name: string;
    readonly oursMs: number;
    readonly tfjsMs: number | null;
    readonly gflops: number | null;
  }[];
  /** Of one batch. */
  readonly step: { readonly forwardMs: number; readonly stepMs: number };
  readonly profile: readonly { readonly kernel: string; readonly count: number; readonly ms: number }[];
}

const BATCH = 16;
/** ms that a case is measured for; the quickest run counts, since others may use the machine. */
const CASE_MS = 300;

function time(action: () => unknown): number {
  const start = performance.now();
  tf.tidy(() => {
    action();
  });
  return performance.now() - start;
}

/** Alternating, so that a change of the machine's load meets all alike. */
function quickest(actions: readonly (() => unknown)[], forMs: number): number[] {
  const best = actions.map((action) => (time(action), Infinity));
  const end = performance.now() + forMs;
  do {
    actions.forEach((action, i) => (best[i] = Math.min(best[i] ?? Infinity, time(action))));
  } while (performance.now() < end);
  return best;
}

function timeCases(): KernelReport['cases'] {
  return kernelCases().map(({ name, flops, ours, tfjs }) => {
    const [oursMs = NaN, tfjsMs] = quickest(tfjs ? [ours, tfjs] : [ours], CASE_MS);
    return {
      name,
      oursMs,
      tfjsMs: tfjsMs ?? null,
      gflops: flops === undefined ? null : flops / oursMs / 1e6,
    };
  });
}

async function timeStep(modelId: string): Promise<Pick<KernelReport, 'step' | 'profile'>> {
  const { trunk } = await loadTrunk(modelId, { signal: new AbortController().signal });
  const input = tf.randomUniform([BATCH, trunk.inputSize, trunk.inputSize, 3], 0, 255, 'float32', 1);
  const open = trunk.open(0);
  const variables = open.parameters.map(({ variable }) => variable);
  const forward = () => trunk.run(input, 0, trunk.blocks.length);
  const step = () =>
    tf.variableGrads(
      () => tf.sum(tf.square(open.forward(input, { batchNorm: 'frozen' }))) as tf.Scalar,
      variables,
    );
  const [forwardMs = NaN, stepMs = NaN] = quickest([forward, step], 20_000);
  const profile = profileOf(step);
  tf.dispose(input);
  open.dispose();
  trunk.dispose();
  return { step: { forwardMs, stepMs }, profile };
}

/** Which kernels a step runs, and how long: kernels of the WASM back-end are done when they return. */
function profileOf(step: () => unknown): KernelReport['profile'] {
  const rows = new Map<string, { count: number; ms: number }>();
  const restore = tf.getKernelsForBackend('wasm').map((config) => {
    const { kernelFunc } = config;
    config.kernelFunc = (params) => {
      const start = performance.now();
      const result = kernelFunc(params);
      const row = rows.get(config.kernelName) ?? { count: 0, ms: 0 };
      rows.set(config.kernelName, { count: row.count + 1, ms: row.ms + performance.now() - start });
      return result;
    };
    return () => (config.kernelFunc = kernelFunc);
  });
  time(step);
  for (const one of restore) one();
  return [...rows].map(([kernel, row]) => ({ kernel, ...row })).sort((a, b) => b.ms - a.ms);
}

self.addEventListener('message', ({ data }: MessageEvent<{ readonly modelId: string }>) => {
  void report(data.modelId).then((result) => self.postMessage(result));
});

async function report(modelId: string): Promise<KernelReport | { readonly error: string }> {
  try {
    const opening = await openBackend('wasm');
    if (opening.status !== 'open') return { error: opening.reason };
    const step = await timeStep(modelId);
    return { threads: opening.threads, cases: timeCases(), ...step };
  } catch (thrown) {
    return { error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) };
  }
}
