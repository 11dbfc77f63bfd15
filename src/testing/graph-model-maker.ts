/** @file Small graph models of TensorFlow.js, as JSON and weight bytes. */
import { createRng } from '../core/rng.ts';

/** All tests draw from one stream. */
export const rng = createRng(7);

/** A constant of a model with its stored values. */
export interface Weight {
  readonly name: string;
  readonly shape: number[];
  readonly data: Float32Array | Int32Array | Uint8Array | Uint16Array;
  readonly quantization?: { dtype: 'uint8' | 'uint16' | 'float16'; min?: number; scale?: number };
}

/** Uniform in -1..1. */
export const random = (name: string, ...shape: number[]): Weight => ({
  name,
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.next() * 2 - 1),
});
/** Uniform in 0.5..1.5. */
export const positive = (name: string, ...shape: number[]): Weight => ({
  name,
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.next() + 0.5),
});
/** An int32 constant. */
export const ints = (name: string, data: number[], shape = [data.length]): Weight => ({
  name,
  shape,
  data: Int32Array.from(data),
});

/** Attribute values as the converter writes them: a text, a list of integers. */
export const s = (text: string) => ({ s: btoa(text) });
export const list = (...i: number[]) => ({ list: { i: i.map(String) } });
const dims = (...sizes: number[]) => ({ shape: { dim: sizes.map((size) => ({ size: String(size) })) } });
/** Types as attributes. */
export const FLOAT = { type: 'DT_FLOAT' };
export const INT = { type: 'DT_INT32' };
/** Attributes of a convolution or pool. */
export const window = (stride: number, padding: string, dilation = 1) => ({
  T: FLOAT,
  strides: list(1, stride, stride, 1),
  dilations: list(1, dilation, dilation, 1),
  padding: s(padding),
  data_format: s('NHWC'),
});

/** Name, operation, inputs, attributes. */
export type NodeRow = readonly [name: string, op: string, input: string[], attr?: object];

/** A model with one input `x`, as JSON and weight bytes. */
export function model(shape: number[], rows: readonly NodeRow[], weights: readonly Weight[]) {
  const constants = weights.map(({ name, data }) => ({
    name,
    op: 'Const',
    attr: { dtype: data instanceof Int32Array ? INT : FLOAT },
  }));
  const node = rows.map(([name, op, input, attr = { T: FLOAT }]) => ({ name, op, input, attr }));
  const x = { name: 'x', op: 'Placeholder', attr: { dtype: FLOAT, shape: dims(...shape) } };
  const specs = weights.map(({ name, shape: own, data, quantization }) => ({
    name,
    shape: own,
    dtype: data instanceof Int32Array ? ('int32' as const) : ('float32' as const),
    ...(quantization && { quantization }),
  }));
  const bytes = weights.flatMap(({ data }) => [
    ...new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  ]);
  const json = {
    format: 'graph-model',
    modelTopology: { node: [x, ...constants, ...node], versions: { producer: 1 } },
    weightsManifest: [{ paths: ['weights.bin'], weights: specs }],
  };
  return { json, bytes: Uint8Array.from(bytes), specs };
}
