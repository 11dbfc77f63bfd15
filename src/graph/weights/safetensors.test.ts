import { expect, test } from 'vitest';
import type { TensorData } from '../model/ir.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

/** A file by the specification, independent of the writer. */
function file(header: unknown, data: readonly number[], { length = NaN } = {}): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(Number.isNaN(length) ? json.length : length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

const damaged = expect.objectContaining({ code: 'model-damaged' }) as Error;
const one = (data_offsets: readonly unknown[], shape: readonly unknown[] = [2], dtype = 'U8') => ({
  a: { dtype, shape, data_offsets },
});

test('reads tensors wherever they lie, and no metadata as one', () => {
  const header = {
    __metadata__: { format: 'pt' },
    byte: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
    single: { dtype: 'F32', shape: [2, 1], data_offsets: [3, 11] },
    half: { dtype: 'BF16', shape: [], data_offsets: [1, 3] },
    empty: { dtype: 'I64', shape: [0, 3], data_offsets: [11, 11] },
  };
  // IEEE 754: 0x3e800000 = 0.25, 0xc1200000 = -10.
  const tensors = readSafetensors(file(header, [7, 0x80, 0x3f, 0, 0, 0x80, 0x3e, 0, 0, 0x20, 0xc1]));
  expect(Object.fromEntries(tensors)).toEqual({
    byte: { dtype: 'uint8', shape: [1], data: Uint8Array.of(7) },
    single: { dtype: 'float32', shape: [2, 1], data: Float32Array.of(0.25, -10) },
    half: { dtype: 'bfloat16', shape: [], data: Uint16Array.of(0x3f80) },
    empty: { dtype: 'int64', shape: [0, 3], data: new BigInt64Array() },
  });
});

test('what is written is read again, and starts at a multiple of eight', () => {
  const tensors = new Map<string, TensorData>([
    ['weights', { dtype: 'float16', shape: [3], data: Uint16Array.of(1, 2, 3) }],
    ['__proto__', { dtype: 'int64', shape: [1, 1], data: BigInt64Array.of(-5n) }],
  ]);
  const bytes = writeSafetensors(tensors);
  expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
  expect([...readSafetensors(bytes)]).toEqual([...tensors]);
});

test.each<[string, Uint8Array<ArrayBuffer>]>([
  ['is shorter than its length', Uint8Array.of(1, 0, 0)],
  ['claims a header beyond its end', file({}, [], { length: 3 })],
  ['claims a header of 2 GiB', file({}, [], { length: 2 ** 31 })],
  ['has a header that is no JSON', file('{"a":', [])],
  ['has a list as header', file([], [])],
  ['lacks the place of a tensor', file({ a: { dtype: 'U8', shape: [2] } }, [1, 2])],
  ['has a negative size', file(one([0, 2], [-2]), [1, 2])],
  ['has a place that is no number', file(one([0, '2']), [1, 2])],
  ['has a tensor beyond its end', file(one([0, 2], [2]), [1])],
  ['has fewer bytes than the shape', file(one([0, 2], [3]), [1, 2])],
  ['has a shape without end', file(one([0, 2], [2 ** 40, 2 ** 40]), [1, 2])],
  ['ends within an element', file(one([0, 3], [1], 'F16'), [1, 2, 3])],
  ['hides bytes behind its tensors', file(one([0, 2]), [1, 2, 3])],
  ['hides bytes before its tensors', file(one([1, 3]), [1, 2, 3])],
  [
    'uses bytes twice',
    file({ ...one([0, 2]), b: { dtype: 'U8', shape: [2], data_offsets: [1, 3] } }, [1, 2, 3]),
  ],
])('a file that %s is damaged', (_, bytes) => {
  expect(() => readSafetensors(bytes)).toThrow(damaged);
});

test('an element type that is not known is named', () => {
  expect(() => readSafetensors(file(one([0, 2], [2], 'F8_E4M3'), [1, 2]))).toThrow(
    expect.objectContaining({ code: 'model-unsupported', detail: { tensor: 'a', type: 'F8_E4M3' } }),
  );
});
