/** @file Our mel spectrum against the one that the speech embedding was published with, through `onnxruntime-web`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { expect, test } from 'vitest';
import type { TestContext } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import { melFrames } from '../../src/data/sound/mel.ts';
import { fileIn } from './convert.ts';
import { fetchFiles } from './fetch.ts';
import { PackError } from './pack-error.ts';
import { PACKS, type PackRecord } from './records.ts';

const FILE = 'models/melspectrogram.onnx';

async function reference(context: TestContext): Promise<Uint8Array> {
  const { source } = PACKS.find(({ id }) => id === 'speech-embedding') as PackRecord;
  const scratch = await mkdtemp(join(tmpdir(), 'mel-'));
  try {
    return fileIn(await fetchFiles({ ...source, files: [FILE] }, scratch), FILE);
  } catch (thrown) {
    if (!(thrown instanceof PackError)) throw thrown;
    console.log(`Skipped: ${thrown.message}`);
    return context.skip();
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** Samples of 16 bits, as -1..1. */
const SOUNDS: Readonly<Record<string, (i: number, noise: number) => number>> = {
  'a chirp in noise': (i, noise) => 0.3 * Math.sin(i * i * 2e-5) + 0.02 * noise,
  noise: (_, noise) => 0.5 * noise,
  'a click in silence': (i) => (i === 9000 ? 0.9 : 0),
  'a quiet tone that begins late': (i) => (i < 8000 ? 0 : 0.01 * Math.sin(i * 0.2)),
};

test('the mel spectrum agrees with melspectrogram.onnx', async (context) => {
  const session = await InferenceSession.create(await reference(context));
  for (const [name, sound] of Object.entries(SOUNDS)) {
    const rng = createRng(5);
    const whole = Int16Array.from({ length: 24_032 }, (_, i) => 32_767 * sound(i, 2 * rng.next() - 1));
    const { output } = await session.run({
      input: new Tensor('float32', Float32Array.from(whole), [1, whole.length]),
    });
    const theirs = output?.data as Float32Array;
    const ours = melFrames(Float32Array.from(whole, (value) => value / 32_768));
    expect(ours.length).toBe(theirs.length);
    const worst = ours.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - ((theirs[i] ?? NaN) / 10 + 2))),
      0,
    );
    console.log(`${name}: largest difference ${worst.toExponential(1)}`);
    expect(worst, name).toBeLessThan(1e-3);
  }
});
