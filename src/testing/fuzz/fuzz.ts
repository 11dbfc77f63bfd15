/**
 * @file Damaged models against every reader: each must end in a graph or in a named error, soon, without much memory, and
 * without asking for a file outside its folder. What is accepted is run once, as an import does.
 */
import { EngineError } from '../../core/errors.ts';
import { createRng, type Rng } from '../../core/rng.ts';
import type { Graph } from '../../graph/model/ir.ts';
import { computeType, sizeOf } from '../../graph/model/tensor-data.ts';
import { importOnnx } from '../../graph/onnx/import-onnx.ts';
import { upload, type Value } from '../../graph/ops/value.ts';
import { GraphExecutor } from '../../graph/run/executor.ts';
import { disposeValue } from '../../graph/run/values.ts';
import { importGraphModel } from '../../graph/tfjs/import-graph-model.ts';
import { importLayersModel } from '../../graph/tfjs/layers/import-layers-model.ts';
import { weightPaths } from '../../graph/tfjs/model-json.ts';
import { readGguf } from '../../graph/weights/gguf.ts';
import { readSafetensors } from '../../graph/weights/safetensors.ts';
import { readTorchCheckpoint } from '../../graph/weights/torch-checkpoint.ts';
import { joined, mutateBytes } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';
import { mutateProtobuf } from './mutate-protobuf.ts';
import type { FuzzSeed } from './seeds.ts';

/** Bounds of a trial run of what was accepted; the seeds are tiny. */
const LIMITS = { elements: 2 ** 20, turns: 500 };

/** What is damaged how often. */
const FORMATS: readonly FuzzSeed['format'][] = [
  'onnx',
  'onnx',
  'onnx',
  'graph-model',
  'layers-model',
  'safetensors',
  'gguf',
  'checkpoint',
];

/** How one damaged file ended. */
export interface FuzzOutcome {
  readonly format: FuzzSeed['format'];
  /** `accepted`, the code of a named error, or what should never be thrown. */
  readonly ending: string;
  readonly ms: number;
  /** The stack of what should never be thrown. */
  readonly problem: string | null;
}

/** A damaged file, by its number: the same each time. */
export function damagedModel(seeds: readonly FuzzSeed[], number: number): FuzzSeed {
  const rng = createRng(number);
  // Most of the seeds are ONNX; the other formats get their share all the same.
  const format = FORMATS[rng.below(FORMATS.length)];
  const fitting = seeds.filter((seed) => seed.format === format);
  let model = fitting[rng.below(fitting.length)] as FuzzSeed;
  const times = 1 + rng.below(4);
  for (let i = 0; i < times; i++) model = mutated(model, rng);
  return model;
}

function mutated(seed: FuzzSeed, rng: Rng): FuzzSeed {
  if ('json' in seed) {
    if (rng.next() < 0.15) return { ...seed, weights: mutateBytes(seed.weights, rng) };
    return { ...seed, json: mutateJson(seed.json, rng) };
  }
  if (seed.format === 'safetensors' && rng.next() < 0.6)
    return { ...seed, file: mutateHeader(seed.file, rng) };
  if (seed.format === 'onnx' && rng.next() < 0.75) return { ...seed, file: mutateProtobuf(seed.file, rng) };
  return { ...seed, file: mutateBytes(seed.file, rng) };
}

/** A file that begins with the length of a header and the header as JSON. */
function mutateHeader(file: Uint8Array<ArrayBuffer>, rng: Rng): Uint8Array<ArrayBuffer> {
  if (file.length < 8) return file;
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  try {
    const header: unknown = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
    const text = new TextEncoder().encode(JSON.stringify(mutateJson(header, rng)));
    const start = new Uint8Array(BigUint64Array.of(BigInt(text.length)).buffer);
    return joined([start, text, file.subarray(8 + length)]);
  } catch {
    // An earlier change made it unreadable.
    return mutateBytes(file, rng);
  }
}

/** Reads a damaged model, and runs what is accepted. Never rejects. */
export async function fuzzOne(model: FuzzSeed): Promise<FuzzOutcome> {
  const start = performance.now();
  const end = (ending: string, problem: string | null = null): FuzzOutcome => ({
    format: model.format,
    ending,
    ms: performance.now() - start,
    problem,
  });
  try {
    const graph = await read(model);
    if (graph !== null) await trialRun(graph);
    return end('accepted');
  } catch (thrown) {
    if (thrown instanceof EngineError) return end(thrown.code);
    return end('unnamed', thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
  }
}

async function read(model: FuzzSeed): Promise<Graph | null> {
  switch (model.format) {
    case 'onnx':
      return importOnnx(model.file, { external: besideTheModel });
    case 'graph-model':
      for (const path of weightPaths(model.json)) await besideTheModel(path);
      return importGraphModel(model.json, model.weights);
    case 'layers-model':
      for (const path of weightPaths(model.json)) await besideTheModel(path);
      return importLayersModel(model.json, model.weights);
    case 'safetensors':
      readSafetensors(model.file);
      return null;
    case 'checkpoint':
      await readTorchCheckpoint(model.file);
      return null;
    case 'gguf':
      readGguf(model.file);
      return null;
  }
}

/** @throws (no named error) if a reader asks for what does not lie beside its model. */
function besideTheModel(location: string): Promise<Uint8Array<ArrayBuffer>> {
  if (location.startsWith('/') || /(^|[/\\])\.\.([/\\]|$)|^[a-z][a-z\d+.-]*:/i.test(location)) {
    throw new Error(`a reader asked for "${location}"`);
  }
  return Promise.resolve(new Uint8Array(16));
}

async function trialRun(graph: Graph): Promise<void> {
  const executor = new GraphExecutor(graph);
  const feeds = new Map(graph.inputs.map((input) => [input.name, zeros(input)]));
  try {
    const results = await executor.runAsync({ feeds, limits: LIMITS });
    for (const value of results.values()) disposeValue(value);
  } finally {
    for (const value of feeds.values()) disposeValue(value);
    executor.dispose();
  }
}

/** An input of zeros; sizes that damage made large are cut. */
function zeros({ dtype, shape }: Graph['inputs'][number]): Value {
  const sizes = (shape ?? [1])
    .slice(0, 8)
    .map((size) => (typeof size === 'number' ? Math.min(8, Math.max(0, size)) : 2));
  if (dtype === 'string')
    return { kind: 'host', dtype, shape: sizes, data: new Array<string>(sizeOf(sizes)).fill('') };
  if (sizeOf(sizes) > LIMITS.elements) return zeros({ name: '', dtype, shape: [1] });
  const data = new Float64Array(sizeOf(sizes));
  return {
    kind: 'tensor',
    dtype,
    tensor: upload({ kind: 'host', dtype: computeType(dtype), shape: sizes, data }),
  };
}
