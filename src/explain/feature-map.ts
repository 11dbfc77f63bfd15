import type { MapMethod } from '../core/feature-map.ts';
import { intoSquare, laidOver, sizedAs } from './planes.ts';
import { principalComponents } from './principal-components.ts';
import { umap } from './umap.ts';

/** Numbers per row that UMAP looks at: the widest directions of the features. */
const KEPT = 24;
/** Rounds for them: they only have to hold what is wide. */
const ROUNDS = 3;
/** Rounds for a start, which need not be exact either. */
const START_ROUNDS = 8;

export interface MapTask {
  readonly method: MapMethod;
  /** Of the pre-trained network. Shape: `[count, size]`. */
  readonly before: Float32Array;
  /** Of the fine-tuned one, in the same order; `null` where it is the same. */
  readonly after: Float32Array | null;
  readonly size: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Of UMAP, over both maps. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Both maps in one square, the second laid over the first. */
export interface MapPoints {
  readonly before: Float32Array<ArrayBuffer>;
  readonly after: Float32Array<ArrayBuffer> | null;
}

/**
 * Features before and after fine-tuning as points. UMAP begins where PCA put the points, and the second map where the first
 * ended, so that what moves between the two did so by learning.
 * @throws {EngineError} `cancelled`.
 */
export async function mapFeatures(task: MapTask): Promise<MapPoints> {
  const { method, before, after, size } = task;
  const parts = after === null ? 1 : 2;
  const first = principalComponents(before, size, 2, method === 'pca' ? undefined : START_ROUNDS).rows;
  const placed = method === 'pca' ? first : await placedByUmap(task, before, first, 0, parts);
  if (after === null) {
    const [only = placed] = intoSquare([placed]);
    return { before: only, after: null };
  }
  const second =
    method === 'pca'
      ? principalComponents(after, size, 2).rows
      : await placedByUmap(task, after, placed, 1, parts);
  const [a = placed, b = placed] = intoSquare([placed, laidOver(sizedAs(second, placed), placed)]);
  return { before: a, after: b };
}

function placedByUmap(
  { size, seed, signal, onProgress }: MapTask,
  features: Float32Array,
  start: Float32Array,
  part: number,
  parts: number,
): Promise<Float32Array<ArrayBuffer>> {
  const rank = Math.min(KEPT, size);
  const { rows } = principalComponents(features, size, rank, ROUNDS);
  return umap({
    rows,
    size: rank,
    start,
    seed,
    signal,
    onProgress: (done, total) => onProgress?.(part * total + done, parts * total),
  });
}
