/** @file Looks for near duplicates among made fingerprints inside a worker, as the engine does. */
import { reasonLine } from '../src/core/device.ts';
import { nextTask } from '../src/core/pacing.ts';
import { createRng } from '../src/core/rng.ts';
import { findNearDuplicates, TINY_SIDE } from '../src/doctor/near-duplicates.ts';
import { openBackend } from '../src/runtime/backends.ts';

export interface CopiesTask {
  readonly pictures: number;
}

export type CopiesAnswer =
  | {
      readonly ms: number;
      readonly planted: number;
      readonly found: number;
      readonly groups: number;
      readonly threads: number;
    }
  | { readonly error: string };

/** Every so many pictures one is a copy of that before it. */
const COPY_EVERY = 20;
/** Cells of the coarse pattern of a picture, along a side. */
const CELLS = 8;

/** Smooth random pictures; each copy is mirrored, every second one, with noise as of another JPEG quality. */
function fingerprints(count: number): { tiny: Uint8Array[]; copies: number[] } {
  const rng = createRng(5);
  const tiny: Uint8Array[] = [];
  const copies: number[] = [];
  for (let index = 0; index < count; index++) {
    const before = tiny[index - 1];
    if (before !== undefined && index % COPY_EVERY === COPY_EVERY - 1) {
      const mirrored = copies.length % 2 === 1;
      tiny.push(
        before.map((_, at) => {
          const column = at % TINY_SIDE;
          const from = mirrored ? at - column + (TINY_SIDE - 1 - column) : at;
          return (before[from] ?? 0) * 0.96 + 8 * rng.next();
        }),
      );
      copies.push(index);
      continue;
    }
    const cells = Array.from({ length: (CELLS + 1) ** 2 }, () => 20 + 200 * rng.next());
    tiny.push(Uint8Array.from({ length: TINY_SIDE ** 2 }, (_, at) => smooth(cells, at)));
  }
  return { tiny, copies };
}

/** The pattern of the cells at one place, bilinear. */
function smooth(cells: readonly number[], at: number): number {
  const x = ((at % TINY_SIDE) / TINY_SIDE) * CELLS;
  const y = (Math.floor(at / TINY_SIDE) / TINY_SIDE) * CELLS;
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const cell = (row: number, column: number) => cells[row * (CELLS + 1) + column] ?? 0;
  const upper = cell(top, left) + (cell(top, left + 1) - cell(top, left)) * (x - left);
  const lower = cell(top + 1, left) + (cell(top + 1, left + 1) - cell(top + 1, left)) * (x - left);
  return upper + (lower - upper) * (y - top);
}

async function search({ pictures }: CopiesTask): Promise<CopiesAnswer> {
  const opened = await openBackend('wasm');
  if (opened.status === 'unavailable') throw new Error(reasonLine(opened.reason));
  const { threads } = opened;
  const { tiny, copies } = fingerprints(pictures);
  const startedAt = performance.now();
  const groups = await findNearDuplicates(tiny, { signal: new AbortController().signal, pause: nextTask });
  const ms = performance.now() - startedAt;
  const found = copies.filter((copy) =>
    groups.some((group) => group.includes(copy) && group.includes(copy - 1)),
  );
  return { ms, planted: copies.length, found: found.length, groups: groups.length, threads };
}

self.onmessage = ({ data }: MessageEvent<CopiesTask>) => {
  search(data).then(
    (answer) => self.postMessage(answer),
    (thrown: unknown) => self.postMessage({ error: String(thrown) }),
  );
};
