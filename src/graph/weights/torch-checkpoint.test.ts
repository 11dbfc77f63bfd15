/**
 * @file The reader of PyTorch checkpoints. `torch-checkpoint.fixture.json` was written by PyTorch 2.13.0 as base64:
 * `torch.save` of `{state_dict, epoch, rate, note, sizes, nothing, large}` in both formats, where `state_dict` holds
 * `arange(12).reshape(3, 4) / 4` (`single`), views of it (`turned`: transposed, `row` 1, `column` 2) and one tensor of
 * each other type; and of a whole `torch.nn.Linear(2, 1)` (`module`).
 */
import { expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { toNumbers } from '../model/tensor-data.ts';
import fixture from './torch-checkpoint.fixture.json';
import { readTorchCheckpoint } from './torch-checkpoint.ts';

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
const quarters = (...numbers: number[]) => numbers.map((number) => number / 4);
const damaged = expect.objectContaining({ code: 'model-damaged' }) as Error;
const unsupported = expect.objectContaining({ code: 'model-unsupported' }) as Error;

test.each(['zip', 'legacy'] as const)(
  'reads the tensors of the format %s by name, views and types',
  async (format) => {
    const tensors = await readTorchCheckpoint(bytesOf(fixture[format]));
    const found = [...tensors].map(([name, tensor]) => [
      name,
      tensor.dtype,
      tensor.shape,
      [...toNumbers(tensor)],
    ]);
    expect(found).toEqual([
      ['state_dict.single', 'float32', [3, 4], quarters(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)],
      ['state_dict.turned', 'float32', [4, 3], quarters(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11)],
      ['state_dict.row', 'float32', [4], quarters(4, 5, 6, 7)],
      ['state_dict.column', 'float32', [3], quarters(2, 6, 10)],
      ['state_dict.half', 'float16', [2], [1.5, -2]],
      ['state_dict.brain', 'bfloat16', [2], [1, -0.5]],
      ['state_dict.double', 'float64', [1, 1], [0.1]],
      ['state_dict.steps', 'int64', [], [7]],
      ['state_dict.bytes', 'uint8', [2], [1, 255]],
      ['state_dict.flags', 'bool', [2], [1, 0]],
      ['state_dict.parameter', 'float32', [2], [3, 4]],
      ['state_dict.empty', 'float32', [0, 3], []],
    ]);
  },
);

test('a whole module is more than tensors, and its class is named', async () => {
  await expect(readTorchCheckpoint(bytesOf(fixture.module))).rejects.toThrow(
    expect.objectContaining({
      code: 'model-unsupported',
      detail: { name: 'torch.nn.modules.linear.Linear' },
    }),
  );
});

/** A legacy file whose first pickle is this. */
const pickle = (...parts: (string | number[])[]) =>
  Uint8Array.from([
    0x80,
    2,
    ...parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part)] : part)),
  ]);

test.each([
  ['calls the system', pickle('cposix\nsystem\n', [0x58, 2, 0, 0, 0], 'ls', [0x85], 'R.')],
  ['calls the system by a name from the stack', pickle([0x8c, 2], 'os', [0x8c, 6], 'system', [0x93], ')R.')],
  ['evaluates', pickle('cbuiltins\neval\n)R.')],
  ['looks up an attribute of what may be named', pickle('ctorch\nFloatStorage.__reduce__\n)R.')],
  ['calls what may only be mentioned', pickle('ctorch\nFloatStorage\n)R.')],
  ['makes an object of a class', pickle('(i__main__\nThing\n.')],
  ['makes an object the new way', pickle('ctorch\nSize\n)', [0x81], '.')],
  ['uses the registry of extensions', pickle([0x82, 1], '.')],
  ['reads a next buffer', pickle([0x97], '.')],
])('a pickle that %s is refused', async (_, file) => {
  await expect(readTorchCheckpoint(file)).rejects.toThrow(unsupported);
});

test.each([
  ['ends within a command', pickle([0x58, 255, 255, 255, 127], 'short')],
  ['takes from an empty stack', pickle([0x86], '.')],
  ['recalls what it never kept', pickle('h', [9], '.')],
  ['lacks a mark', pickle('t.')],
  ['appends to a tuple', pickle(')Na.')],
  ['fills a text', pickle([0x8c, 1], 'x', 'NNs.')],
  ['is another pickle', pickle('N.')],
  ['has an integer without end', pickle([0x8a, 255], 'x')],
  ['is empty', new Uint8Array()],
])('a file that %s is damaged', async (_, file) => {
  await expect(readTorchCheckpoint(file)).rejects.toThrow(damaged);
});

test('2 000 mutated files each end in tensors or in a named error', { timeout: 60_000 }, async () => {
  const rng = createRng(11);
  const below = (limit: number) => Math.floor(rng.next() * limit);
  const files = [bytesOf(fixture.zip), bytesOf(fixture.legacy)];
  const codes = new Set<string>();
  for (let round = 0; round < 2000; round++) {
    // The library that reads zips takes its time, and has been tested by others.
    const file = (files[round % 100 === 0 ? 0 : 1] as Uint8Array<ArrayBuffer>).slice();
    for (let i = 0; i <= below(4); i++) file[below(file.length)] = below(256);
    const cut = below(5) === 0 ? file.slice(0, below(file.length)) : file;
    try {
      const tensors = await readTorchCheckpoint(cut);
      const bytes = [...tensors.values()].reduce((sum, { data }) => sum + (data as Uint8Array).byteLength, 0);
      // A storage may be read by several tensors, but nothing grows beyond the file.
      expect(bytes).toBeLessThan(8 * file.length);
    } catch (thrown) {
      codes.add((thrown as { code?: string }).code ?? String(thrown));
    }
  }
  const known = [
    'model-damaged',
    'model-unsupported',
    'zip-bomb',
    'zip-damaged',
    'zip-encrypted',
    'zip-unsafe-path',
  ];
  expect([...codes].filter((code) => !known.includes(code))).toEqual([]);
  expect(codes.size).toBeGreaterThan(2);
});
