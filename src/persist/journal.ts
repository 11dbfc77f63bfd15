/**
 * @file How an open project is kept: a record, written now and then, and a journal of the data-set patches since.
 * One patch is one small file, so that a picture of ten thousand costs the same as the first.
 */
import { applyPatch, type DatasetPatch, type DatasetState } from '../core/dataset.ts';
import { EngineError, type ErrorData, toErrorData } from '../core/errors.ts';
import type { BlobStore } from './blob-store.ts';
import { parsePatch, parseProject, type ProjectRecord, stringifyProject } from './project-record.ts';

const RECORD = 'project/record.json';
const JOURNAL = 'project/journal';
/** Where records are moved that cannot be read. */
export const DAMAGED = 'damaged';

/** What was found in the store. */
export interface KeptProject {
  /** `null`: nothing kept yet, or the record was damaged. */
  readonly record: ProjectRecord | null;
  readonly damaged: readonly ErrorData[];
}

/** Writes the record whole; patches up to its revision are then no longer needed. */
export async function keepRecord(store: BlobStore, record: ProjectRecord): Promise<void> {
  await store.write(RECORD, new Blob([stringifyProject(record)]));
  for (const path of await store.list(JOURNAL)) {
    if (revisionOf(path) <= record.dataset.revision) await store.delete(path);
  }
}

/** Writes one patch. `revision` is the data set's after it. */
export async function keepPatch(store: BlobStore, patch: DatasetPatch, revision: number): Promise<void> {
  await store.write(patchPath(revision), new Blob([JSON.stringify(patch)]));
}

/**
 * Reads the record and replays the patches that are newer. What cannot be read is moved aside under `damaged/` and
 * told; the rest opens.
 */
export async function readKept(store: BlobStore): Promise<KeptProject> {
  const damaged: ErrorData[] = [];
  const text = await store.read(RECORD);
  let record: ProjectRecord | null = null;
  try {
    if (text) record = parseProject(await text.text());
  } catch (thrown) {
    damaged.push(await setAside(store, RECORD, thrown));
    for (const path of await store.list(JOURNAL)) await setAside(store, path, thrown);
  }
  if (record) record = { ...record, dataset: await replay(store, record.dataset, damaged) };
  return { record, damaged };
}

async function replay(store: BlobStore, start: DatasetState, damaged: ErrorData[]): Promise<DatasetState> {
  let dataset = start;
  const paths = (await store.list(JOURNAL)).sort((a, b) => revisionOf(a) - revisionOf(b));
  for (const path of paths) {
    if (revisionOf(path) !== dataset.revision + 1) continue;
    try {
      const blob = await store.read(path);
      if (blob) dataset = applyPatch(dataset, parsePatch(await blob.text()));
    } catch (thrown) {
      damaged.push(await setAside(store, path, thrown));
      break;
    }
  }
  return dataset;
}

async function setAside(store: BlobStore, path: string, thrown: unknown): Promise<ErrorData> {
  const blob = await store.read(path);
  if (blob) await store.write(`${DAMAGED}/${path}`, blob);
  await store.delete(path);
  // A record of a later version is not damaged, but it cannot be opened here either; its code says which it is.
  return thrown instanceof EngineError
    ? toErrorData(thrown)
    : { code: 'project-damaged', message: path, detail: { what: path } };
}

function patchPath(revision: number): string {
  return `${JOURNAL}/${revision}.json`;
}

function revisionOf(path: string): number {
  return Number(path.slice(path.lastIndexOf('/') + 1, -'.json'.length));
}
