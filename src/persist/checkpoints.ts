/**
 * @file Where the checkpoints of unfinished runs are kept: two slots a run, written in turn and each whole or not at
 * all, so that the one before is there whatever happens to the latest.
 */
import type { BlobStore } from './blob-store.ts';

const FOLDER = 'checkpoints';
const SLOTS = [0, 1] as const;

const folderOf = (runId: string): string => `${FOLDER}/${runId}`;
const slotPath = (runId: string, slot: number): string => `${folderOf(runId)}/${slot}.bin`;

/** Writes a checkpoint over the older of the two. `sequence` grows by one with each. @throws {EngineError} `quota`. */
export async function writeCheckpoint(
  store: BlobStore,
  runId: string,
  sequence: number,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  // Not flushed: it outlives the browser's crash either way, and after a power cut the one before is still there.
  await store.write(slotPath(runId, sequence % SLOTS.length), bytes, { flush: false });
}

/** The bytes of both slots, as far as they are there. */
export async function readCheckpoints(store: BlobStore, runId: string): Promise<Uint8Array<ArrayBuffer>[]> {
  const blobs = await Promise.all(SLOTS.map((slot) => store.read(slotPath(runId, slot))));
  const there = blobs.filter((blob) => blob !== null);
  return Promise.all(there.map(async (blob) => new Uint8Array(await blob.arrayBuffer())));
}

/** Gives the room of the one before the latest back. `sequence` is the latest's. */
export async function deleteOlderCheckpoint(
  store: BlobStore,
  runId: string,
  sequence: number,
): Promise<void> {
  await store.delete(slotPath(runId, (sequence + 1) % SLOTS.length));
}

/** Deletes the checkpoints of a run. */
export async function deleteCheckpoints(store: BlobStore, runId: string): Promise<void> {
  await store.deleteAll(folderOf(runId));
}

/** Deletes those of all runs but these. */
export async function keepCheckpointsOf(store: BlobStore, runIds: readonly string[]): Promise<void> {
  const kept = new Set(runIds.map(folderOf));
  const folders = new Set((await store.list(FOLDER)).map((path) => path.slice(0, path.lastIndexOf('/'))));
  for (const folder of folders) if (!kept.has(folder)) await store.deleteAll(folder);
}
