/** @file Features on a plane so that neighbours stay neighbours. Source: McInnes, Healy and Melville, UMAP, 2018. */
import { assertNotAborted } from '../core/errors.ts';
import { createPacer } from '../core/pacing.ts';
import { createRng } from '../core/rng.ts';

/** Neighbours that each point is held to, the default of umap-learn. */
const NEIGHBOURS = 15;
/** Rounds: with a start near the end (below) fewer do than from a random one, which takes 500. */
const EPOCHS = 200;
/** The start is as wide as that of umap-learn. */
const START_WIDTH = 10;

export interface UmapTask {
  /** Shape: `[count, size]`. */
  readonly rows: Float32Array;
  readonly size: number;
  /** Where the points begin. Shape: `[count, 2]`. */
  readonly start: Float32Array;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Places rows on a plane. Shape of the result: `[count, 2]`. The same rows, start and seed give the same points.
 * Fewer rows than UMAP can work with stay where they began.
 * @throws {EngineError} `cancelled`.
 */
export async function umap(task: UmapTask): Promise<Float32Array<ArrayBuffer>> {
  const { rows, size, start, seed, signal, onProgress } = task;
  const count = rows.length / size;
  const neighbours = Math.min(NEIGHBOURS, Math.floor((count - 1) / 2));
  if (neighbours < 2) return Float32Array.from(start);
  const { UMAP } = await import('umap-js');
  const rng = createRng(seed);
  const pace = createPacer();
  const { indices, distances } = await nearest(rows, size, neighbours, async () => {
    if (await pace()) assertNotAborted(signal);
  });
  const model = new UMAP({ nNeighbors: neighbours, nEpochs: EPOCHS, random: () => rng.next() });
  model.setPrecomputedKNN(indices, distances);
  model.initializeFit(
    Array.from({ length: count }, (_, row) => [...rows.subarray(row * size, (row + 1) * size)]),
  );
  placeAt(model.getEmbedding(), start);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    model.step();
    if (await pace()) {
      assertNotAborted(signal);
      onProgress?.(epoch + 1, EPOCHS);
    }
  }
  return Float32Array.from(model.getEmbedding().flat());
}

/** Moves the points of a fit that has not begun yet: the arrays are those it works on. */
function placeAt(points: number[][], start: Float32Array): void {
  const widest = start.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const factor = widest > 0 ? START_WIDTH / widest : 0;
  for (const [row, point] of points.entries()) {
    // What is exactly together could not be told apart.
    const apart = 1e-4 * row;
    point[0] = (start[2 * row] ?? 0) * factor + apart;
    point[1] = (start[2 * row + 1] ?? 0) * factor - apart;
  }
}

/**
 * The exact nearest rows of each row, itself first, and how far they are: with a few thousand rows of few numbers a search
 * of all pairs costs less than an index.
 */
export async function nearest(
  rows: Float32Array,
  size: number,
  neighbours: number,
  pause: () => Promise<void>,
): Promise<{ readonly indices: number[][]; readonly distances: number[][] }> {
  const count = rows.length / size;
  const indices: number[][] = [];
  const distances: number[][] = [];
  for (let row = 0; row < count; row++) {
    const near: number[] = [];
    const far: number[] = [];
    for (let other = 0; other < count; other++) {
      const most = near.length === neighbours ? (far[neighbours - 1] ?? Infinity) : Infinity;
      let square = 0;
      for (let i = 0, a = row * size, b = other * size; i < size; i++, a++, b++) {
        const off = (rows[a] ?? 0) - (rows[b] ?? 0);
        square += off * off;
      }
      // A copy of a row may come before it, but is not it.
      if (other === row) square = -1;
      if (square >= most) continue;
      let at = near.length;
      while (at > 0 && (far[at - 1] ?? 0) > square) at--;
      near.splice(at, 0, other);
      far.splice(at, 0, square);
      if (near.length > neighbours) {
        near.pop();
        far.pop();
      }
    }
    indices.push(near);
    distances.push(far.map((one) => Math.sqrt(Math.max(0, one))));
    await pause();
  }
  return { indices, distances };
}
