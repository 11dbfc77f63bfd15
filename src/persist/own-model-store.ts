import type { OwnModelRecord } from '../core/own-model.ts';
import type { BlobStore } from './blob-store.ts';
import { OWN_MODELS, ownFilePath, parseOwnModel } from './own-model-record.ts';

/** Records of the kept own models, the oldest first. One that cannot be read is left out. */
export async function readOwnModels(store: BlobStore): Promise<readonly OwnModelRecord[]> {
  const records: OwnModelRecord[] = [];
  for (const path of await store.list(`${OWN_MODELS}/records`)) {
    const blob = await store.read(path);
    const record = blob === null ? null : await parseOwnModel(await blob.text()).catch(() => null);
    if (record !== null) records.push(record);
  }
  return records.sort((a, b) => a.addedAtMs - b.addedAtMs);
}

/** Deletes the files that no record names: of a model that was erased, or whose keeping was cut short. */
export async function sweepOwnModels(store: BlobStore): Promise<void> {
  const paths = await store.list(`${OWN_MODELS}/files`);
  if (paths.length === 0) return;
  const records = await readOwnModels(store);
  const used = new Set(records.flatMap(({ files }) => files.map((file) => ownFilePath(file.sha256))));
  for (const path of paths) if (!used.has(path)) await store.delete(path);
}
