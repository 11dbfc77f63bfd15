import { expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { resample } from './resample.ts';
import { readWav, writeWav } from './wav.ts';

/** A WAV file of any format, its samples written by the caller. */
function wav(tag: number, bits: number, channels: number, rate: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(44 + data.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('RIFF????WAVEfmt '));
  view.setUint32(16, 16, true);
  view.setUint16(20, tag, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rate, true);
  view.setUint16(34, bits, true);
  bytes.set(new TextEncoder().encode('data'), 36);
  view.setUint32(40, data.length, true);
  bytes.set(data, 44);
  return bytes;
}

const code = (run: () => unknown) => {
  try {
    run();
    return 'none';
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
};

test('every width of samples is read, and channels are averaged', () => {
  expect([...readWav(wav(1, 8, 1, 8000, Uint8Array.of(0, 128, 192))).samples]).toEqual([-1, 0, 0.5]);
  expect([...readWav(wav(1, 16, 2, 8000, Uint8Array.of(0, 64, 0, 192))).samples]).toEqual([0]);
  expect([...readWav(wav(1, 24, 1, 8000, Uint8Array.of(0, 0, 64, 0, 0, 192))).samples]).toEqual([0.5, -0.5]);
  expect([...readWav(wav(1, 32, 1, 8000, Uint8Array.of(0, 0, 0, 192))).samples]).toEqual([-0.5]);
  const floats = new Uint8Array(Float32Array.of(0.25, Number.NaN).buffer);
  expect([...readWav(wav(3, 32, 1, 192_000, floats)).samples]).toEqual([0.25, 0]);
  const seven = new Uint8Array(Float32Array.of(7, 0, 0, 0, 0, 0, 0).buffer);
  expect(readWav(wav(3, 32, 7, 44_100, seven))).toEqual({ samples: Float32Array.of(1), rate: 44_100 });
});

test('what is written is read again', () => {
  const samples = Float32Array.of(0, 0.5, -0.5, -1);
  expect(readWav(writeWav({ samples, rate: 16_000 }))).toEqual({ samples, rate: 16_000 });
});

test('what is no sound is refused with a code', () => {
  expect(code(() => readWav(new Uint8Array(3)))).toBe('file-not-a-sound');
  expect(code(() => readWav(wav(1, 16, 1, 8000, new Uint8Array(0))))).toBe('sound-silent');
  expect(code(() => readWav(wav(1, 8, 1, 1000, new Uint8Array(61_000))))).toBe('sound-too-long');
  expect(code(() => readWav(wav(85, 16, 1, 8000, new Uint8Array(8))))).toBe('file-unsupported');
  expect(code(() => readWav(wav(1, 16, 0, 8000, new Uint8Array(8))))).toBe('file-truncated');
  expect(code(() => readWav(wav(1, 16, 1, 0, new Uint8Array(8))))).toBe('file-truncated');
  expect(code(() => readWav(wav(1, 16, 1, 8000, new Uint8Array(8)).subarray(0, 30)))).toBe('file-truncated');
});

test('any bytes behind a header give a sound or a code', () => {
  const rng = createRng(3);
  const good = wav(1, 16, 2, 8000, new Uint8Array(64));
  for (let round = 0; round < 2000; round++) {
    const bytes = good.slice(0, 12 + Math.floor(rng.next() * good.length));
    for (let i = 0; i < 4; i++) bytes[12 + Math.floor(rng.next() * (bytes.length - 12))] = rng.next() * 256;
    expect(['none', 'file-truncated', 'file-unsupported', 'sound-silent', 'sound-too-long']).toContain(
      code(() => readWav(bytes)),
    );
  }
});

test.each([8000, 22_050, 44_100, 48_000, 192_000])('a tone of %i Hz is the same tone at 16 kHz', (rate) => {
  const tone = (hz: number, at: number, length: number) =>
    Float32Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * hz * i) / at));
  const heard = resample(tone(1000, rate, rate), rate, 16_000);
  const wanted = tone(1000, 16_000, 16_000);
  expect(heard.length).toBe(16_000);
  const off = heard.map((value, i) => Math.abs(value - (wanted[i] ?? 0))).subarray(100, 15_900);
  expect(Math.max(...off)).toBeLessThan(2e-3);
});

test('what is above the new Nyquist frequency is gone', () => {
  const tone = Float32Array.from({ length: 48_000 }, (_, i) => Math.sin((2 * Math.PI * 12_000 * i) / 48_000));
  expect(Math.max(...resample(tone, 48_000, 16_000).subarray(200, 15_800))).toBeLessThan(1e-2);
});
