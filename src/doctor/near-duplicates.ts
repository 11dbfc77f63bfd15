/**
 * @file Copies of a picture that are not equal byte for byte: resized, saved again, mirrored, cropped by a few percent.
 * Pictures are compared in grey and small. Pairs that agree roughly are looked at again, one laid over windows of the
 * other: a copy that was cropped fits one of them, another photo of the same thing fits none.
 */
import * as tf from '@tensorflow/tfjs-core';
import { assertNotAborted } from '../core/errors.ts';

/** Side of what is given, in cells. */
export const TINY_SIDE = 32;
/** Side at which every picture is compared with every other one. */
const COARSE_SIDE = 16;
/** Side at which candidates are laid over windows. */
const FINE_SIDE = 24;
/**
 * Correlations, measured on 600 photos of hand signs, of which many look alike: copies cropped by 5 % have 0.66 or more
 * at once and 0.967 or more at the best window; no two different photos have more than 0.947 there.
 */
const CANDIDATE = 0.66;
const COPY = 0.957;
/** Below this at the few windows that are tried first, no other is. */
const PROMISING = 0.86;
/** Candidates that are looked at for one picture, the best first. */
const MOST_CANDIDATES = 12;
/** Rows of the table of all pairs that are there at once. */
const ROWS_AT_ONCE = 256;
const PAIRS_BETWEEN_LOOKS = 200;

export interface SearchOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  /** Lets other work in between. */
  readonly pause: () => Promise<void>;
}

/** @param tiny Grey, `[TINY_SIDE, TINY_SIDE]` each, 0..255. @returns Groups of two and more, by index, in order. */
export async function findNearDuplicates(
  tiny: readonly Uint8Array[],
  { signal, onProgress, pause }: SearchOptions,
): Promise<number[][]> {
  const candidates = await candidatePairs(tiny, signal, pause);
  const looks = new Map<number, Windows>();
  const windowsOf = (index: number) => {
    const known = looks.get(index) ?? new Windows(tiny[index] as Uint8Array);
    looks.set(index, known);
    return known;
  };
  const parent = tiny.map((_, i) => i);
  for (const [at, [a, b]] of candidates.entries()) {
    if (rootOf(parent, a) !== rootOf(parent, b) && isCopy(windowsOf(a), windowsOf(b))) {
      const [low, high] = [rootOf(parent, a), rootOf(parent, b)].sort((x, y) => x - y) as [number, number];
      parent[high] = low;
    }
    if (at % PAIRS_BETWEEN_LOOKS > 0) continue;
    onProgress?.(at, candidates.length);
    await pause();
    assertNotAborted(signal);
  }
  const groups = new Map<number, number[]>();
  for (let i = 0; i < parent.length; i++) {
    const root = rootOf(parent, i);
    groups.set(root, [...(groups.get(root) ?? []), i]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

function rootOf(parent: number[], index: number): number {
  let at = index;
  while (parent[at] !== at) {
    parent[at] = parent[parent[at] as number] as number;
    at = parent[at] as number;
  }
  return at;
}

/** Pairs whose small versions correlate, mirrored or not; those that correlate most come first. */
async function candidatePairs(
  tiny: readonly Uint8Array[],
  signal: AbortSignal,
  pause: () => Promise<void>,
): Promise<[number, number][]> {
  const count = tiny.length;
  const size = COARSE_SIDE * COARSE_SIDE;
  const straight = new Float32Array(count * size);
  const mirrored = new Float32Array(count * size);
  tiny.forEach((picture, i) => {
    straight.set(normalised(sampled(picture, WHOLE, COARSE_SIDE, false)), i * size);
    mirrored.set(normalised(sampled(picture, WHOLE, COARSE_SIDE, true)), i * size);
  });
  const found: { pair: [number, number]; score: number }[] = [];
  const all = tf.tensor2d(straight, [count, size]);
  const turned = tf.tensor2d(mirrored, [count, size]);
  try {
    for (let from = 0; from < count; from += ROWS_AT_ONCE) {
      const rows = Math.min(ROWS_AT_ONCE, count - from);
      const table = tf.tidy(() => {
        const block = tf.slice(all, [from, 0], [rows, size]);
        return tf.maximum(tf.matMul(block, all, false, true), tf.matMul(block, turned, false, true));
      });
      const scores = await table.data<'float32'>();
      table.dispose();
      for (let row = 0; row < rows; row++) found.push(...bestOfRow(scores, from + row, row * count, count));
      await pause();
      assertNotAborted(signal);
    }
  } finally {
    tf.dispose([all, turned]);
  }
  return found.sort((a, b) => b.score - a.score).map(({ pair }) => pair);
}

/** The best later partners of one picture. */
function bestOfRow(scores: Float32Array, index: number, offset: number, count: number) {
  const row: { pair: [number, number]; score: number }[] = [];
  for (let other = index + 1; other < count; other++) {
    const score = scores[offset + other] as number;
    if (score >= CANDIDATE) row.push({ pair: [index, other], score });
  }
  return row.length <= MOST_CANDIDATES
    ? row
    : row.sort((a, b) => b.score - a.score).slice(0, MOST_CANDIDATES);
}

/** A square part of a picture, in shares of its sides. */
interface Window {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

const WHOLE: Window = { left: 0, top: 0, side: 1 };

/** Windows of one size, spread evenly. */
function windows(side: number, perAxis: number): Window[] {
  const place = (i: number) => ((1 - side) * i) / (perAxis - 1);
  return Array.from({ length: perAxis * perAxis }, (_, i) => {
    return { left: place(i % perAxis), top: place(Math.floor(i / perAxis)), side };
  });
}

const FIRST = [WHOLE, ...windows(0.95, 3)];
const REST = [...windows(0.975, 4), ...windows(0.95, 4), ...windows(0.925, 4)];

/** A picture's parts, ready to be compared; made when they are first asked for. */
class Windows {
  private readonly tiny: Uint8Array;
  private readonly made = new Map<string, readonly Float32Array[]>();

  constructor(tiny: Uint8Array) {
    this.tiny = tiny;
  }

  get(which: readonly Window[], mirrored: boolean): readonly Float32Array[] {
    const key = `${which.length} ${mirrored}`;
    const known =
      this.made.get(key) ?? which.map((one) => normalised(sampled(this.tiny, one, FINE_SIDE, mirrored)));
    this.made.set(key, known);
    return known;
  }
}

function isCopy(a: Windows, b: Windows): boolean {
  const best = (which: readonly Window[], mirrored: boolean) => {
    const [wholeOfA] = a.get([WHOLE], mirrored) as [Float32Array];
    const [wholeOfB] = b.get([WHOLE], false) as [Float32Array];
    return Math.max(
      ...a.get(which, mirrored).map((part) => dot(part, wholeOfB)),
      ...b.get(which, false).map((part) => dot(part, wholeOfA)),
    );
  };
  return [false, true].some((mirrored) => {
    const first = best(FIRST, mirrored);
    return first >= COPY || (first >= PROMISING && best(REST, mirrored) >= COPY);
  });
}

/** A window of a picture at `size * size` places, bilinear. */
function sampled(
  tiny: Uint8Array,
  { left, top, side }: Window,
  size: number,
  mirrored: boolean,
): Float32Array {
  const out = new Float32Array(size * size);
  const last = TINY_SIDE - 1;
  const clamp = (place: number) => Math.min(last, Math.max(0, place));
  for (let row = 0; row < size; row++) {
    const y = clamp((top + ((row + 0.5) / size) * side) * TINY_SIDE - 0.5);
    const [upper, lower] = [Math.floor(y), Math.min(last, Math.floor(y) + 1)];
    for (let column = 0; column < size; column++) {
      const x = clamp((left + ((column + 0.5) / size) * side) * TINY_SIDE - 0.5);
      const [near, far] = [Math.floor(x), Math.min(last, Math.floor(x) + 1)];
      const at = (line: number, cell: number) =>
        tiny[line * TINY_SIDE + (mirrored ? last - cell : cell)] as number;
      const above = at(upper, near) + (at(upper, far) - at(upper, near)) * (x - near);
      const below = at(lower, near) + (at(lower, far) - at(lower, near)) * (x - near);
      out[row * size + column] = above + (below - above) * (y - upper);
    }
  }
  return out;
}

/** Mean 0 and length 1, in place, so that a product is a correlation; zeros where everything is equal. */
function normalised(values: Float32Array): Float32Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = (values[i] as number) - mean;
    values[i] = value;
    squares += value * value;
  }
  const factor = squares > 1 ? 1 / Math.sqrt(squares) : 0;
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * factor;
  return values;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
