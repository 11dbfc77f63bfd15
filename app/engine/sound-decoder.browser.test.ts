import { expect, test } from 'vitest';
import { DECODED_RATE, EngineError } from '../../src/index.ts';
import encoded from '../../src/testing/files/encoded-sounds.json';
import { decodeSound } from './sound-decoder.ts';

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** Amplitude of one frequency. */
function amplitude(samples: Float32Array, hz: number): number {
  let [cosine, sine] = [0, 0];
  samples.forEach((value, i) => {
    cosine += value * Math.cos((2 * Math.PI * hz * i) / DECODED_RATE);
    sine += value * Math.sin((2 * Math.PI * hz * i) / DECODED_RATE);
  });
  return (2 * Math.hypot(cosine, sine)) / samples.length;
}

const codeOf = (thrown: unknown) => (thrown instanceof EngineError ? thrown.code : String(thrown));
const refusal = (bytes: Uint8Array<ArrayBuffer>) => decodeSound(new Blob([bytes])).then(() => 'none', codeOf);

test.each(Object.entries(encoded))('what libsndfile wrote as %s sounds as it should', async (_, base64) => {
  const samples = await decodeSound(new Blob([bytesOf(base64)]));
  const seconds = samples.length / DECODED_RATE;
  // Codecs with overlapping windows add or take a little at the ends.
  expect(seconds).toBeGreaterThan(0.23);
  expect(seconds).toBeLessThan(0.4);
  expect(amplitude(samples, 440) * seconds).toBeGreaterThan(0.48 * 0.24);
  expect(amplitude(samples, 440) * seconds).toBeLessThan(0.52 * 0.25);
  expect(amplitude(samples, 700)).toBeLessThan(0.02);
});

test('what says that it lasts three hours is refused before it is decoded', async () => {
  const bytes = bytesOf(encoded.flac);
  // The last 32 bits of the number of samples in STREAMINFO. Source: RFC 9639, 8.2.
  new DataView(bytes.buffer).setUint32(22, 3 * 3600 * DECODED_RATE);
  expect(await refusal(bytes)).toBe('sound-too-long');
});

test('a damaged header is no sound, unless each part has one of its own, as in MP3', async () => {
  const damaged = (base64: string) => bytesOf(base64).fill(0x55, 4, 200);
  expect(await refusal(damaged(encoded.ogg))).toBe('sound-undecodable');
  expect(await refusal(damaged(encoded.flac))).toBe('sound-undecodable');
  expect(await refusal(damaged(encoded.mp3))).toBe('none');
  for (const base64 of Object.values(encoded)) {
    expect(await refusal(bytesOf(base64).slice(0, 12))).toBe('sound-undecodable');
  }
});

test('an empty file and a text are no sounds', async () => {
  expect(await refusal(new Uint8Array(0))).toBe('sound-undecodable');
  expect(await refusal(new TextEncoder().encode('ID3 is what this begins with'))).toBe('sound-undecodable');
});
