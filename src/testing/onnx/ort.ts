/** @file The ONNX runtime as an oracle: it runs a file and gives its outputs, here and in the browser. */
import * as ort from 'onnxruntime-web';
import type { TensorData } from '../../graph/model/ir.ts';
import { fromNumbers, type NumericType, toNumbers } from '../../graph/model/tensor-data.ts';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

/** Runs a file once. @throws whatever the runtime throws: the file is not valid, or it has no kernel for an operation. */
export async function runInOrt(
  file: Uint8Array,
  inputs: Readonly<Record<string, TensorData>>,
): Promise<ReadonlyMap<string, TensorData>> {
  const session = await ort.InferenceSession.create(file, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 4,
  });
  try {
    const feeds = Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, toOrt(tensor)]));
    const results = await session.run(feeds);
    return new Map(Object.entries(results).map(([name, value]) => [name, fromOrt(value)]));
  } finally {
    await session.release();
  }
}

function toOrt({ dtype, shape, data }: TensorData): ort.Tensor {
  return new ort.Tensor(dtype as ort.Tensor.Type, data, shape);
}

function fromOrt(value: ort.Tensor): TensorData {
  return { dtype: value.type, shape: value.dims, data: value.data };
}

/** The largest difference, relative to the larger of 1 and the expected value; infinite for other shapes. */
export function difference(found: TensorData, expected: TensorData): number {
  if (found.shape.join() !== expected.shape.join()) return Infinity;
  if (found.dtype === 'string')
    return JSON.stringify(found.data) === JSON.stringify(expected.data) ? 0 : Infinity;
  const [a, b] = [toNumbers(found), toNumbers(expected)];
  return a.reduce((most, value, i) => {
    const wanted = b[i] as number;
    if (Object.is(value, wanted) || value === wanted) return most;
    const apart = Math.abs(value - wanted) / Math.max(1, Math.abs(wanted));
    return Number.isNaN(apart) ? Infinity : Math.max(most, apart);
  }, 0);
}

/** Numbers as a tensor of a type. */
export function tensorOf(
  values: ArrayLike<number>,
  shape: readonly number[],
  dtype: NumericType,
): TensorData {
  return { dtype, shape, data: fromNumbers(values, dtype) };
}
