import { expect, test } from 'vitest';
import { EngineError } from '../../core/errors.ts';
import { text } from './text.ts';

const stored = async (content: BlobPart) => {
  const { bytes, sourceHash, thumbnail } = await text.ingest(new Blob([content]));
  return { kept: new TextDecoder().decode(bytes), sourceHash, excerpt: await thumbnail.text() };
};
const refused = async (content: BlobPart) => {
  const thrown: unknown = await text.ingest(new Blob([content])).catch((error: unknown) => error);
  return thrown instanceof EngineError ? thrown.code : thrown;
};

test('texts are kept as they are read: trimmed, whatever their encoding or their lines', async () => {
  const plain = await stored('café\nau lait');
  expect(plain.kept).toBe('café\nau lait');
  expect(
    await stored(Uint8Array.of(0xef, 0xbb, 0xbf, ...new TextEncoder().encode(' café\r\nau lait\n'))),
  ).toEqual(plain);
  expect((await stored('😀')).kept).toBe('😀');
  expect((await stored('\u202eright\u202c')).kept).toBe('\u202eright\u202c');
  expect((await stored('lone \ud800 half')).kept).toBe('lone \ufffd half');
});

test('what is no text is refused with its reason', async () => {
  expect(await refused('')).toBe('text-empty');
  expect(await refused(' \n\u00a0\t')).toBe('text-empty');
  expect(await refused(Uint8Array.of(1, 0, 0, 7, 0, 9))).toBe('file-not-a-text');
  expect(
    await refused(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4, 5, 6, 7, 8)),
  ).toBe('file-not-a-text');
  expect(await refused('word '.repeat(1_000_000))).toBe('file-too-large');
});

test('a text of 100 000 words gives as many pieces as the model takes, and shows its beginning', async () => {
  const long = 'ab '.repeat(100_000);
  const pieces = [
    ['\u2581ab', -1],
    ['b', -5],
    ['\u2581', -5],
    ['a', -5],
  ];
  const vocabulary = JSON.stringify([...Array.from({ length: 6 }, () => ['?', 0]), ...pieces]);
  const input = { kind: 'tokens', length: 4, model: 'toy', vocabulary } as const;
  expect([...(await text.input(new Blob([long.trim()]), input))]).toEqual([7, 7, 7, 7]);
  expect([...(await text.input(new Blob(['ab b']), input))]).toEqual([7, 9, 8, 0]);
  expect((await stored(long)).excerpt).toHaveLength(241);
});
