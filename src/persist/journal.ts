/**
 * @file How an open project is kept: a record, written now and then, and a journal of the changes of the data set. One
 * change is one small file, so that a picture of ten thousand costs the same as the first. Those since the record are
 * replayed on it; the last ones before it stay for a while, so that they can be taken back after a reload.
 */
import { applyPatch, type DatasetState, type JournalStep } from '../core/dataset.ts';
import { EngineError, type ErrorData, toErrorData } from '../core/errors.ts';
import type { BlobStore } from './blob-store.ts';
import {
  type JournalEntry,
  parseEntry,
  parseProject,
  type ProjectRecord,
  stringifyEntry,
  stringifyProject,
} from './project-record.ts';

const RECORD = 'project/record.json';
const JOURNAL = 'project/journal';
/** Where records are moved that cannot be read. */
export const DAMAGED = 'damaged';

/** Changes that stay in the journal, and for how long, ms: whoever deleted a picture yesterday wants it gone. */
const KEPT_CHANGES = 256;
const KEPT_MS = 24 * 3600 * 1000;

/** What was found in the store. */
export interface KeptProject {
  /** `null`: nothing kept yet, or the record was damaged. */
  readonly record: ProjectRecord | null;
  readonly damaged: readonly ErrorData[];
  /** The last changes that led to the data set, oldest first; they begin with a whole step. */
  readonly history: readonly JournalStep[];
}

/** Writes the record whole. Changes up to its revision are then needed for the history alone; `forget` ends that too. */
export async function keepRecord(store: BlobStore, record: ProjectRecord, forget = false): Promise<void> {
  await store.write(RECORD, new Blob([stringifyProject(record)]));
  const needless = record.dataset.revision - (forget ? 0 : KEPT_CHANGES);
  for (const path of await store.list(JOURNAL)) {
    if (revisionOf(path) <= needless) await store.delete(path);
  }
}

/** Writes one change. `revision` is the data set's after it. */
export async function keepStep(store: BlobStore, step: JournalStep, revision: number): Promise<void> {
  await store.write(patchPath(revision), new Blob([stringifyEntry({ ...step, atMs: Date.now() })]));
}

/**
 * Reads the record and replays the changes that are newer. What cannot be read is moved aside under `damaged/` and
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
  if (record === null) return { record, damaged, history: [] };
  const { dataset, entries } = await replay(store, record.dataset, damaged);
  return { record: { ...record, dataset }, damaged, history: recent(entries) };
}

interface Replayed {
  readonly dataset: DatasetState;
  /** Without a gap, up to the data set. */
  readonly entries: readonly JournalEntry[];
}

async function replay(store: BlobStore, start: DatasetState, damaged: ErrorData[]): Promise<Replayed> {
  let dataset = start;
  let entries: JournalEntry[] = [];
  let next = NaN;
  const paths = (await store.list(JOURNAL)).sort((a, b) => revisionOf(a) - revisionOf(b));
  // All at once: each is a question to another process, and the page waits for its project.
  const texts = paths.map(async (path) => (await store.read(path))?.text());
  for (const text of texts) text.catch(() => undefined);
  for (const [i, path] of paths.entries()) {
    const revision = revisionOf(path);
    const isNew = revision === dataset.revision + 1;
    if (revision > dataset.revision && !isNew) continue;
    try {
      const text = await texts[i];
      if (text === undefined) continue;
      const entry = parseEntry(text);
      if (isNew) dataset = applyPatch(dataset, entry.patch);
      entries = revision === next ? [...entries, entry] : [entry];
      next = revision + 1;
    } catch (thrown) {
      // One that is in the record already costs the steps before it, and no more.
      if (!isNew) continue;
      damaged.push(await setAside(store, path, thrown));
      break;
    }
  }
  return { dataset, entries: next === dataset.revision + 1 ? entries : [] };
}

/** The entries that are young enough, from the beginning of a step on. */
function recent(entries: readonly JournalEntry[]): readonly JournalStep[] {
  const oldestMs = Date.now() - KEPT_MS;
  const young = entries.slice(entries.findLastIndex(({ atMs }) => atMs < oldestMs) + 1);
  const first = young.findIndex(({ does }) => does !== 'more');
  return first < 0 ? [] : young.slice(first);
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
