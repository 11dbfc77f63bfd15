/** @file One graph, three ways: our executor, the written file in the ONNX runtime, and the file imported again. */
import type { Graph, TensorData } from '../../graph/model/ir.ts';
import { importOnnx } from '../../graph/onnx/import-onnx.ts';
import { joinedFile, type OnnxWriteOptions, writeOnnx } from '../../graph/onnx/write-onnx.ts';
import { tensorFromData } from '../../graph/ops/value.ts';
import { GraphExecutor } from '../../graph/run/executor.ts';
import { disposeValue, readTensor } from '../../graph/run/values.ts';
import { difference, runInOrt, tensorOf } from './ort.ts';

/** Outputs of a graph, by our executor on the active back-end, as float32. */
export async function runHere(
  graph: Graph,
  data: ReadonlyMap<string, TensorData>,
): Promise<ReadonlyMap<string, TensorData>> {
  const executor = new GraphExecutor(graph);
  const feeds = new Map(
    [...data].map(([name, tensor]) => [
      name,
      { kind: 'tensor', dtype: tensor.dtype, tensor: tensorFromData(tensor) } as const,
    ]),
  );
  try {
    const results = await executor.runAsync({ feeds });
    const found = new Map<string, TensorData>();
    for (const [name, value] of results) {
      if (value.kind === 'tensor') {
        found.set(name, tensorOf(await readTensor(value.tensor), value.tensor.shape, 'float32'));
      } else if (value.kind === 'host' && value.data instanceof Float64Array) {
        found.set(name, tensorOf(value.data, value.shape, 'float32'));
      }
      disposeValue(value);
    }
    return found;
  } finally {
    for (const value of feeds.values()) disposeValue(value);
    executor.dispose();
  }
}

/** Largest differences of the outputs from those of our executor. */
export interface Agreement {
  readonly runtime: number;
  readonly imported: number;
}

/** Compares the three. @throws whatever one of them throws. */
export async function agreement(
  graph: Graph,
  data: ReadonlyMap<string, TensorData>,
  options: OnnxWriteOptions = {},
): Promise<Agreement> {
  const here = await runHere(graph, data);
  const file = joinedFile(writeOnnx(graph, options));
  const runtime = await runInOrt(file, Object.fromEntries(data));
  const imported = await runHere(await importOnnx(file), data);
  return { runtime: largest(runtime, here), imported: largest(imported, here) };
}

function largest(found: ReadonlyMap<string, TensorData>, expected: ReadonlyMap<string, TensorData>): number {
  return Math.max(
    0,
    ...[...expected].map(([name, wanted]) => {
      const value = found.get(name);
      return value === undefined ? Infinity : difference(value, wanted);
    }),
  );
}
