import { expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import type { TensorData } from '../model/ir.ts';
import { readGguf } from './gguf.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

const SAFETENSORS = writeSafetensors(
  new Map<string, TensorData>([
    ['layer.weight', { dtype: 'float16', shape: [2, 3], data: Uint16Array.of(1, 2, 3, 4, 5, 6) }],
    ['layer.bias', { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) }],
    ['steps', { dtype: 'int64', shape: [], data: BigInt64Array.of(9n) }],
  ]),
);

/** Version 3, one entry of metadata, one float32 tensor `w` of 2 x 2. */
function gguf(): Uint8Array<ArrayBuffer> {
  const u32 = (value: number) => [value, 0, 0, 0];
  const u64 = (value: number) => [...u32(value), ...u32(0)];
  const text = (value: string) => [...u64(value.length), ...Buffer.from(value)];
  const head = [...Buffer.from('GGUF'), ...u32(3), ...u64(1), ...u64(1)];
  head.push(...text('general.alignment'), ...u32(4), ...u32(32));
  head.push(...text('w'), ...u32(2), ...u64(2), ...u64(2), ...u32(0), ...u64(0));
  while (head.length % 32 !== 0) head.push(0);
  return Uint8Array.from([...head, ...Array.from({ length: 16 }, (_, i) => i)]);
}

test.each([
  ['safetensors', SAFETENSORS, readSafetensors],
  ['GGUF', gguf(), (file: Uint8Array<ArrayBuffer>) => readGguf(file).tensors],
])(
  '10 000 mutated files of %s each end in tensors of their own bytes or in a named error',
  { timeout: 60_000 },
  (_, whole, read) => {
    expect(read(whole).size).toBeGreaterThan(0);
    const rng = createRng(23);
    const below = (limit: number) => Math.floor(rng.next() * limit);
    const codes = new Set<string>();
    let largest = 0;
    for (let round = 0; round < 10_000; round++) {
      const file = whole.slice();
      for (let i = 0; i <= below(5); i++) file[below(file.length)] = below(256);
      const cut = below(4) === 0 ? file.slice(0, below(file.length)) : file;
      try {
        for (const { data } of read(cut).values())
          largest = Math.max(largest, (data as Uint8Array).byteLength);
      } catch (thrown) {
        codes.add((thrown as { code?: string }).code ?? String(thrown));
      }
    }
    expect(largest).toBeLessThanOrEqual(whole.length);
    expect([...codes].sort()).toEqual(['model-damaged', 'model-unsupported']);
  },
);
