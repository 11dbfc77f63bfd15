import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { createRng, type Rng } from '../core/rng.ts';
import { findNearDuplicates, TINY_SIDE } from './near-duplicates.ts';

beforeAll(() => tf.setBackend('cpu'));

type Scene = (x: number, y: number) => number;

/** A picture of some soft spots, for x and y from 0 to 1. */
function scene(rng: Rng): Scene {
  const spots = Array.from({ length: 9 }, () => {
    return { x: rng.next(), y: rng.next(), size: 0.05 + 0.15 * rng.next(), light: 300 * (rng.next() - 0.5) };
  });
  return (x, y) =>
    spots.reduce((sum, spot) => {
      const distance = ((x - spot.x) ** 2 + (y - spot.y) ** 2) / spot.size ** 2;
      return sum + spot.light * Math.exp(-distance);
    }, 128);
}

interface Copying {
  readonly left?: number;
  readonly top?: number;
  readonly side?: number;
  readonly mirrored?: boolean;
  /** Largest error of a grey value, as after saving it again. */
  readonly noise?: number;
  readonly brighter?: number;
}

function taken(of: Scene, rng: Rng, copying: Copying = {}): Uint8Array {
  const { left = 0, top = 0, side = 1, mirrored = false, noise = 1, brighter = 1 } = copying;
  return Uint8Array.from({ length: TINY_SIDE * TINY_SIDE }, (_, i) => {
    const x = ((i % TINY_SIDE) + 0.5) / TINY_SIDE;
    const y = (Math.floor(i / TINY_SIDE) + 0.5) / TINY_SIDE;
    const value = of(left + side * (mirrored ? 1 - x : x), top + side * y) * brighter;
    return Math.min(255, Math.max(0, value + noise * (2 * rng.next() - 1)));
  });
}

const options = { signal: new AbortController().signal, pause: () => Promise.resolve() };

test('finds copies that were saved again, mirrored, brightened or cropped by 5 %, and nothing else', async () => {
  const rng = createRng(5);
  const scenes = Array.from({ length: 60 }, () => scene(rng));
  const tiny = scenes.map((one) => taken(one, rng));
  const kinds: Copying[] = [
    { noise: 6 },
    { mirrored: true },
    { brighter: 0.8 },
    { left: 0.05, side: 0.95 },
    { top: 0.03, left: 0.01, side: 0.95, noise: 4 },
    { top: 0.05, side: 0.95, mirrored: true },
  ];
  kinds.forEach((kind, i) => tiny.push(taken(scenes[i] as Scene, rng, kind)));
  // A copy of a copy: one group of three.
  tiny.push(taken(scenes[0] as Scene, rng, { mirrored: true }));
  const groups = await findNearDuplicates(tiny, options);
  expect(groups).toEqual([[0, 60, 66], ...[1, 2, 3, 4, 5].map((i) => [i, 60 + i])]);
});

test('pictures of one colour are no copies of one another, and leave no tensor', async () => {
  const before = tf.memory().numTensors;
  const flat = [10, 10, 200].map((value) => new Uint8Array(TINY_SIDE * TINY_SIDE).fill(value));
  expect(await findNearDuplicates(flat, options)).toEqual([]);
  expect(await findNearDuplicates([], options)).toEqual([]);
  expect(tf.memory().numTensors).toBe(before);
});

test('can be cancelled', async () => {
  const rng = createRng(1);
  const tiny = Array.from({ length: 10 }, () => taken(scene(rng), rng));
  await expect(findNearDuplicates(tiny, { ...options, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'cancelled',
  });
});
