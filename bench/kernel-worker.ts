/** @file Times kernels and a training step inside a worker, as the engine runs them. */
import * as tf from '@tensorflow/tfjs-core';
import { reasonLine } from '../src/core/device.ts';
import { loadTrunk } from '../src/models/load-trunk.ts';
import { openBackend } from '../src/runtime/backends.ts';
import { type KernelCase, kernelCases } from './kernel-cases.ts';

/** What the worker is asked, one task at a time; `open` comes first. */
export type KernelTask =
  | { readonly kind: 'open'; readonly modelId: string }
  | { readonly kind: 'model'; readonly run: 'forward' | 'step'; readonly rounds: number }
  | { readonly kind: 'profile' }
  | { readonly kind: 'case'; readonly index: number; readonly by: 'ours' | 'tfjs'; readonly rounds: number };

export interface CaseFacts {
  readonly name: string;
  readonly flops: number | null;
  /** Whether tfjs has operations for it. */
  readonly tfjs: boolean;
}

export interface ProfileRow {
  readonly kernel: string;
  readonly count: number;
  readonly ms: number;
}

export type KernelAnswer =
  | { readonly kind: 'open'; readonly threads: number; readonly cases: readonly CaseFacts[] }
  /** The quickest round. */
  | { readonly kind: 'times'; readonly ms: number }
  | { readonly kind: 'profile'; readonly rows: readonly ProfileRow[] }
  | { readonly kind: 'error'; readonly message: string };

const BATCH = 16;

function time(action: () => unknown): number {
  const start = performance.now();
  tf.tidy(() => {
    action();
  });
  return performance.now() - start;
}

const quickest = (action: () => unknown, rounds: number) =>
  Math.min(...Array.from({ length: rounds }, () => time(action)));

interface Runs {
  readonly forward: () => unknown;
  readonly step: () => unknown;
}

async function openModel(modelId: string): Promise<{ readonly threads: number; readonly runs: Runs }> {
  const opening = await openBackend('wasm');
  if (opening.status !== 'open') throw new Error(reasonLine(opening.reason));
  const { trunk } = await loadTrunk(modelId, { signal: new AbortController().signal });
  const input = tf.randomUniform([BATCH, trunk.inputSize, trunk.inputSize, 3], 0, 255, 'float32', 1);
  const open = trunk.open(0);
  const variables = open.parameters.map(({ variable }) => variable);
  const loss = () => tf.sum<tf.Scalar>(tf.square(open.forward(input, { batchNorm: 'frozen' })));
  const runs: Runs = {
    forward: () => trunk.run(input, 0, trunk.blocks.length),
    step: () => tf.variableGrads(loss, variables),
  };
  time(runs.forward);
  time(runs.step);
  return { threads: opening.threads, runs };
}

/** Which kernels a step runs, and how long: kernels of the WASM back-end are done when they return. */
function profileOf(step: () => unknown): ProfileRow[] {
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

let runs: Runs | null = null;
let cases: KernelCase[] = [];

async function answer(task: KernelTask): Promise<KernelAnswer> {
  switch (task.kind) {
    case 'open': {
      const model = await openModel(task.modelId);
      runs = model.runs;
      cases = kernelCases();
      const facts = cases.map(({ name, flops = null, tfjs }) => ({ name, flops, tfjs: tfjs !== undefined }));
      return { kind: 'open', threads: model.threads, cases: facts };
    }
    case 'model':
      return { kind: 'times', ms: quickest(opened()[task.run], task.rounds) };
    case 'profile':
      return { kind: 'profile', rows: profileOf(opened().step) };
    case 'case': {
      const action = cases[task.index]?.[task.by];
      if (action === undefined) throw new Error(`There is no case ${task.index} by ${task.by}.`);
      return { kind: 'times', ms: quickest(action, task.rounds) };
    }
  }
}

function opened(): Runs {
  if (runs === null) throw new Error('No model is open.');
  return runs;
}

self.addEventListener('message', ({ data }: MessageEvent<KernelTask>) => {
  void answer(data)
    .catch((thrown: unknown): KernelAnswer => {
      return {
        kind: 'error',
        message: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
      };
    })
    .then((result) => self.postMessage(result));
});
