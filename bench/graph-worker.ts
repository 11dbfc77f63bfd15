/** @file Runs networks inside a worker, as the engine does, beside the converter of tfjs; imports files and writes them. */
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { type BackendName, reasonLine } from '../src/core/device.ts';
import { DEFAULT_TRAIN_SETTINGS } from '../src/core/train-settings.ts';
import { proposeBlocks } from '../src/graph/cuts.ts';
import { importOnnx } from '../src/graph/onnx/import-onnx.ts';
import { writeOnnx } from '../src/graph/onnx/write-onnx.ts';
import type { TensorValue } from '../src/graph/ops/value.ts';
import { optimised } from '../src/graph/passes/optimise.ts';
import { transposesCancelled } from '../src/graph/passes/transposes.ts';
import { GraphExecutor } from '../src/graph/run/executor.ts';
import { importGraphModel } from '../src/graph/tfjs/import-graph-model.ts';
import { loadTrunk } from '../src/models/load-trunk.ts';
import { graphOfPack } from '../src/models/pack-graph.ts';
import { fileOf, loadPack, type Pack } from '../src/models/pack.ts';
import { siteRoot } from '../src/models/site-root.ts';
import { openBackend } from '../src/runtime/backends.ts';
import { createTrunkLearner } from '../src/train/trunk-learner.ts';
import { countPrograms, programsStarted } from './gpu-programs.ts';
import { bigNetwork } from './graph-files.ts';

/** What the worker is asked, one task at a time. */
export type GraphTask =
  | {
      readonly kind: 'open';
      readonly subject: Subject;
      readonly backend: BackendName;
      readonly batch: number;
    }
  /** After `open`. */
  | { readonly kind: 'run'; readonly run: RunName; readonly rounds: number }
  /** Fetches files of the site and holds them for `import`. */
  | { readonly kind: 'fetch'; readonly paths: readonly string[] }
  | { readonly kind: 'import' }
  | { readonly kind: 'write' };

/** A graph model by our executor and by the converter's, or the training of a model. */
export type Subject =
  | { readonly kind: 'graph-model'; readonly pack: string }
  | { readonly kind: 'training'; readonly modelId: string };

export type RunName = 'converter' | 'executor' | 'forward' | 'step';

export type GraphAnswer =
  | { readonly kind: 'open'; readonly threads: number }
  /** The mean of the rounds; `programs` that were started on the GPU. */
  | { readonly kind: 'time'; readonly ms: number; readonly programs: number }
  | { readonly kind: 'done'; readonly ms: number; readonly bytes: number; readonly parameters: number }
  | { readonly kind: 'unavailable'; readonly reason: string }
  | { readonly kind: 'error'; readonly message: string };

type Run = () => Promise<void>;

/** What a result is worth: it has been read. */
async function read(output: tf.Tensor): Promise<void> {
  await output.data();
  output.dispose();
}

async function graphModelRuns(id: string, batch: number): Promise<[RunName, Run][]> {
  const pack = await loadPack(new URL(`backbones/${id}/`, siteRoot()), {
    signal: new AbortController().signal,
  });
  const graph = transposesCancelled(await graphOfPack(pack), {});
  const [input = '', output = ''] = [graph.inputs[0]?.name, graph.outputs[0]];
  const keep = proposeBlocks(graph).map(({ value }) => value);
  const executor = new GraphExecutor(optimised(graph, { keep }));
  const theirs = loadGraphModelSync(tf.io.fromMemorySync(artifactsOf(pack)));
  const side = pack.manifest.network.kind === 'graph-model' ? pack.manifest.network.image?.inputSize : null;
  const x = tf.randomUniform([batch, side ?? NaN, side ?? NaN, 3], -1, 1, 'float32', 1);
  const feeds = new Map([[input, { kind: 'tensor', dtype: 'float32', tensor: x } as const]]);
  return [
    ['converter', () => read(theirs.execute({ [input]: x }, output) as tf.Tensor)],
    ['executor', () => read(tf.tidy(() => (executor.run({ feeds }).get(output) as TensorValue).tensor))],
  ];
}

function artifactsOf(pack: Pack): tf.io.ModelArtifacts {
  const json = JSON.parse(new TextDecoder().decode(fileOf(pack, 'model.json'))) as tf.io.ModelJSON;
  return {
    // The converter asks for a version of TensorFlow, which a pack has no use for.
    modelTopology: { versions: { producer: 0, minConsumer: 0 }, ...json.modelTopology },
    weightSpecs: json.weightsManifest.flatMap(({ weights }) => weights),
    weightData: fileOf(pack, 'weights.bin').slice().buffer,
  };
}

const CLASSES = 3;

/** A step is that of the trainer with everything open: pixels up, loss, gradients, what is reported, the update. */
async function trainingRuns(modelId: string, batch: number): Promise<[RunName, Run][]> {
  const { trunk } = await loadTrunk(modelId, { signal: new AbortController().signal });
  const { inputSize, featureSize } = trunk;
  const pixels = tf.randomUniform([batch, inputSize, inputSize, 3], 0, 255, 'float32', 1);
  const rows = await pixels.data<'float32'>();
  const learner = createTrunkLearner({
    network: trunk,
    cut: 0,
    head: {
      featureSize,
      classes: CLASSES,
      weights: new Float32Array(featureSize * CLASSES),
      bias: new Float32Array(CLASSES),
    },
    standardiser: {
      mean: new Float32Array(featureSize),
      inverseDeviation: new Float32Array(featureSize).fill(1),
    },
    activations: () => Promise.resolve(rows),
    classWeights: new Array<number>(CLASSES).fill(1),
    settings: { ...DEFAULT_TRAIN_SETTINGS, open: { kind: 'all' } },
  });
  const examples = Array.from({ length: batch }, (_, i) => {
    return { request: { id: String(i), contentHash: String(i) }, label: i % CLASSES };
  });
  return [
    ['forward', () => read(trunk.run(pixels, 0, trunk.blocks.length))],
    [
      'step',
      async () => {
        const { loss } = await learner.step(examples, 1);
        if (!Number.isFinite(loss)) throw new Error(`The loss is ${loss}.`);
      },
    ],
  ];
}

let runs: ReadonlyMap<RunName, Run> = new Map();
let files: readonly Uint8Array<ArrayBuffer>[] = [];
/** What was imported, so that it is held while memory is measured. */
const held: unknown[] = [];

async function answer(task: GraphTask): Promise<GraphAnswer> {
  switch (task.kind) {
    case 'open':
      return open(task);
    case 'run':
      return time(task);
    case 'fetch': {
      files = await Promise.all(task.paths.map(async (path) => (await fetch(path)).bytes()));
      return { kind: 'done', ms: 0, bytes: bytesOf(files), parameters: 0 };
    }
    case 'import': {
      const start = performance.now();
      const graph = await imported();
      held.push(graph);
      return {
        kind: 'done',
        ms: performance.now() - start,
        bytes: bytesOf(files),
        parameters: graph.parameters.size,
      };
    }
    case 'write': {
      const graph = bigNetwork();
      const start = performance.now();
      const { bytes } = writeOnnx(graph);
      return { kind: 'done', ms: performance.now() - start, bytes, parameters: graph.parameters.size };
    }
  }
}

const bytesOf = (all: readonly Uint8Array[]) => all.reduce((sum, { length }) => sum + length, 0);

async function open({ subject, backend, batch }: Extract<GraphTask, { kind: 'open' }>): Promise<GraphAnswer> {
  const opening = await openBackend(backend);
  if (opening.status !== 'open') return { kind: 'unavailable', reason: reasonLine(opening.reason) };
  const found = await (subject.kind === 'graph-model'
    ? graphModelRuns(subject.pack, batch)
    : trainingRuns(subject.modelId, batch));
  runs = new Map(found);
  // The first run uploads, folds, compiles.
  for (const [, run] of found) await run();
  countPrograms();
  return { kind: 'open', threads: opening.threads };
}

async function time({ run, rounds }: Extract<GraphTask, { kind: 'run' }>): Promise<GraphAnswer> {
  const action = runs.get(run);
  if (action === undefined) throw new Error(`Nothing that runs "${run}" is open.`);
  const [start, before] = [performance.now(), programsStarted()];
  for (let i = 0; i < rounds; i++) await action();
  const programs = (programsStarted() - before) / rounds;
  return { kind: 'time', ms: (performance.now() - start) / rounds, programs };
}

/** One file is ONNX, two are a graph model. */
function imported() {
  const [first, second] = files;
  if (first === undefined) throw new Error('No file was fetched.');
  if (second === undefined) return importOnnx(first);
  return importGraphModel(JSON.parse(new TextDecoder().decode(first)), second);
}

self.addEventListener('message', ({ data }: MessageEvent<GraphTask>) => {
  void answer(data)
    .catch((thrown: unknown): GraphAnswer => {
      return {
        kind: 'error',
        message: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
      };
    })
    .then((result) => self.postMessage(result));
});
