/** @file Sounds that a small network can tell apart, made at run time: one tune per class, each time a little different. */
import { createRng, type Rng } from '../../core/rng.ts';
import { writeWav } from '../../data/sound/wav.ts';

/** What the classes sound like, in order. */
export const TUNES = ['rising', 'falling', 'warble', 'hiss'] as const;
export type Tune = (typeof TUNES)[number];

const RATE = 16_000;

/** About 0.7 s of one tune between silences, 1.2 s in all, at 16 kHz: same tune and seed, same sound. */
export function tuneSamples(tune: Tune, seed: number): Float32Array<ArrayBuffer> {
  const rng = createRng(seed * 7919 + TUNES.indexOf(tune) * 104_729 + 3);
  const length = Math.round(RATE * (0.6 + 0.2 * rng.next()));
  const start = Math.round(RATE * (0.2 + 0.1 * rng.next()));
  const base = 350 + 120 * rng.next();
  const loudness = 0.35 + 0.3 * rng.next();
  const samples = Float32Array.from({ length: Math.round(1.2 * RATE) }, () => 0.002 * (rng.next() - 0.5));
  let phase = 0;
  for (let i = 0; i < length; i++) {
    const at = i / length;
    phase += (2 * Math.PI * pitch(tune, at, base)) / RATE;
    const shape = Math.sin(Math.PI * at) ** 0.5;
    samples[start + i] = (samples[start + i] ?? 0) + loudness * shape * voice(tune, phase, rng);
  }
  return samples;
}

function pitch(tune: Tune, at: number, base: number): number {
  switch (tune) {
    case 'rising':
      return base * (1 + 3 * at);
    case 'falling':
      return base * (4 - 3 * at);
    case 'warble':
      return base * (2 + Math.sign(Math.sin(2 * Math.PI * 5 * at)));
    case 'hiss':
      return 0;
  }
}

/** With overtones, as voices have them. */
function voice(tune: Tune, phase: number, rng: Rng): number {
  if (tune === 'hiss') return rng.next() - 0.5;
  return (Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.3 * Math.sin(3 * phase)) / 1.8;
}

/** One tune as a WAV file. */
export function tuneWav(tune: Tune, seed: number): Uint8Array<ArrayBuffer> {
  return writeWav({ samples: tuneSamples(tune, seed), rate: RATE });
}
