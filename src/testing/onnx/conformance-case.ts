/**
 * @file One case of the ONNX backend node tests: a model, inputs and the outputs that are expected.
 * Source: https://github.com/onnx/onnx/blob/main/docs/OnnxBackendTest.md.
 */
import * as tf from '@tensorflow/tfjs-core';
import { toErrorData } from '../../core/errors.ts';
import type { DataType, TensorData } from '../../graph/model/ir.ts';
import { computeType } from '../../graph/model/tensor-data.ts';
import { importOnnx } from '../../graph/onnx/import-onnx.ts';
import {
  type OnnxModel,
  type OnnxType,
  readModelProto,
  readTensorProto,
  readTypedProto,
} from '../../graph/onnx/proto.ts';
import { tensorData } from '../../graph/onnx/tensors.ts';
import { dtypeOf, hostFromData, NOTHING, tensorFromData, type Value } from '../../graph/ops/value.ts';
import { GraphExecutor } from '../../graph/run/executor.ts';
import { disposeValue, readTensor, toHost } from '../../graph/run/values.ts';
import { mersenneTwister } from './mersenne-twister.ts';
import { type Tolerance, toleranceOf } from './tolerance.ts';

/** Files of a case. */
export interface ConformanceCase {
  readonly name: string;
  readonly model: Uint8Array<ArrayBuffer>;
  readonly sets: readonly {
    readonly inputs: readonly Uint8Array<ArrayBuffer>[];
    readonly outputs: readonly Uint8Array<ArrayBuffer>[];
  }[];
}

export interface ConformanceResult {
  readonly name: string;
  /** Operations of the model, without repetition. */
  readonly ops: readonly string[];
  readonly status: 'passed' | 'failed' | 'unsupported';
  readonly reason: string;
}

/** `TensorProto.DataType.BFLOAT16`. */
const BFLOAT16 = 16;

/** Runs a case on the active back-end. A tensor that is left over is a failure too. */
export async function runConformanceCase(files: ConformanceCase): Promise<ConformanceResult> {
  const { name } = files;
  const tolerance = toleranceOf(name, tf.getBackend());
  const before = tf.memory().numTensors;
  let ops: string[] = [];
  try {
    const proto = readModelProto(files.model);
    ops = [...new Set(proto.graph?.nodes.map(({ op }) => op) ?? [])];
    const graph = await importOnnx(files.model);
    const types = (values: readonly { readonly type: OnnxType | null }[]) => values.map(({ type }) => type);
    const executor = new GraphExecutor(graph);
    try {
      for (const { inputs, outputs } of files.sets) {
        const given = inputs.map((bytes, i) => readValue(bytes, types(proto.graph?.inputs ?? [])[i] ?? null));
        const expected = outputs.map((bytes, i) =>
          readValue(bytes, types(proto.graph?.outputs ?? [])[i] ?? null),
        );
        const names = proto.graph?.inputs.map((input) => input.name) ?? [];
        const feeds = new Map(given.map((value, i) => [names[i] as string, uploaded(value)]));
        const results = await executor.runAsync({ feeds, random: mersenneTwister(seedOf(proto)) });
        for (const value of feeds.values()) disposeValue(value);
        for (const [i, output] of graph.outputs.entries()) {
          const wanted = expected[i];
          const value = results.get(output) as Value;
          if (wanted !== undefined) await compare(value, wanted, output, tolerance);
          disposeValue(value);
        }
      }
    } finally {
      executor.dispose();
    }
    const left = tf.memory().numTensors - before;
    if (left !== 0) throw new Error(`${left} tensors are left over`);
    return { name, ops, status: 'passed', reason: '' };
  } catch (thrown) {
    const { code, message, detail } = toErrorData(thrown);
    const refused =
      code === 'model-unsupported' &&
      (detail?.['ops'] !== undefined || detail?.['opset'] !== undefined || detail?.['type'] !== undefined);
    return { name, ops, status: refused ? 'unsupported' : 'failed', reason: message };
  }
}

function readValue(bytes: Uint8Array<ArrayBuffer>, type: OnnxType | null): Value {
  if (type === null || type.kind === 'tensor') {
    const proto = readTensorProto(bytes);
    // The data files hold bfloat16 as the 16-bit integers of their bits.
    if (type?.elementType === BFLOAT16) proto.type = BFLOAT16;
    return hostFromData(tensorData(proto, () => null));
  }
  const read = readTypedProto(bytes, type);
  const convert = (item: typeof read): Value => {
    if (item === null) return NOTHING;
    if (Array.isArray(item)) return { kind: 'sequence', items: item.map(convert) };
    return hostFromData(tensorData(item, () => null));
  };
  return convert(read);
}

/** Inputs come as a caller has them: floats and larger data on the back-end, indices as integers there too. */
function uploaded(value: Value): Value {
  if (value.kind === 'sequence') return { ...value, items: value.items.map(uploaded) };
  if (value.kind !== 'host' || value.dtype === 'string') return value;
  const type = computeType(value.dtype);
  const wide = type === 'int32' && (value.data as Float64Array).some((x) => Math.abs(x) > 2 ** 31 - 1);
  if (wide) return value;
  const typed = { float32: 'float32', int32: 'int32', bool: 'bool', string: 'string' } as const;
  const storage: TensorData = {
    dtype: typed[type],
    shape: value.shape,
    data:
      type === 'float32'
        ? new Float32Array(value.data as Float64Array)
        : type === 'int32'
          ? new Int32Array(value.data as Float64Array)
          : new Uint8Array(value.data as Float64Array),
  };
  return { kind: 'tensor', dtype: value.dtype, tensor: tensorFromData(storage) };
}

/** The seed that a node of the model asks for. */
function seedOf({ graph }: OnnxModel): number {
  const seeds = graph?.nodes.flatMap(({ attributes }) => attributes).filter(({ name }) => name === 'seed');
  return seeds?.[0]?.int ?? 0;
}

async function compare(value: Value, wanted: Value, where: string, tolerance: Tolerance): Promise<void> {
  if (wanted.kind === 'nothing' || value.kind === 'nothing') {
    if (wanted.kind !== value.kind) throw new Error(`${where}: expected ${wanted.kind}, found ${value.kind}`);
    return;
  }
  if (wanted.kind === 'sequence' || value.kind === 'sequence') {
    if (
      wanted.kind !== 'sequence' ||
      value.kind !== 'sequence' ||
      wanted.items.length !== value.items.length
    ) {
      throw new Error(`${where}: a sequence of another length`);
    }
    for (const [i, item] of wanted.items.entries())
      await compare(value.items[i] as Value, item, `${where}[${i}]`, tolerance);
    return;
  }
  if (wanted.kind !== 'host') return;
  const found = value.kind === 'host' ? value : toHost(value, await readTensor(value.tensor));
  if (found.shape.join() !== wanted.shape.join()) {
    throw new Error(`${where}: expected the shape [${wanted.shape.join()}], found [${found.shape.join()}]`);
  }
  compareTypes(dtypeOf(value), wanted.dtype, where);
  wanted.data.forEach((expected, i) => {
    const actual = found.data[i];
    if (typeof expected === 'string' || typeof actual === 'string') {
      if (expected !== actual)
        throw new Error(`${where}[${i}]: expected "${expected}", found "${String(actual)}"`);
      return;
    }
    const same = Object.is(expected, actual) || expected === actual;
    if (actual === undefined) throw new Error(`${where}[${i}] is missing`);
    const allowed = tolerance.absolute + tolerance.relative * Math.abs(expected);
    const close = Math.abs(actual - expected) <= allowed;
    const bothNaN = Number.isNaN(expected) && Number.isNaN(actual);
    if (!same && !close && !bothNaN)
      throw new Error(`${where}[${i}]: expected ${expected}, found ${String(actual)}`);
  });
}

function compareTypes(found: DataType, wanted: DataType, where: string): void {
  if (found !== wanted) throw new Error(`${where}: expected ${wanted}, found ${found}`);
}
