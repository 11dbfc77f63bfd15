import type { ClassId, DatasetState } from '../core/dataset.ts';
import type { Progress } from '../core/engine-api.ts';
import { assertNotAborted, toErrorData } from '../core/errors.ts';
import type { ImportFile, ImportPreview, Rejection } from '../core/project.ts';
import { checkHead } from './decode/ingest.ts';
import { openSources } from './import-candidates.ts';
import type { Candidate } from './import-candidates.ts';
import { classKey, cleanClassName, uniqueClassName } from './names.ts';
import { inOrder } from './read-head.ts';

const PICTURE_NAME = /\.(?:jpe?g|jfif|png|webp|gif|avif|bmp)$|^[^.]+$/iu;
const HEIC_NAME = /\.hei[cf]$/iu;
const REPORT_MS = 100;
/** Heads of files under way at once: each is a question to another process. */
const READ_AT_ONCE = 16;

/**
 * What an import would do. Heads of loose files are read; of packed ones only the names are known, and everything
 * is checked again when it is imported.
 */
export async function previewImport(
  files: readonly ImportFile[],
  intoClass: ClassId | undefined,
  dataset: DatasetState,
  emit: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<ImportPreview> {
  const counts = new Map<string, { name: string; count: number }>();
  const rejected: Rejection[] = [];
  const into = dataset.classes.find(({ id }) => id === intoClass);
  let isProject = false;
  let done = 0;
  let lastTold = performance.now();
  async function* candidates() {
    for await (const source of openSources(files, signal)) {
      rejected.push(...source.rejected);
      isProject ||= source.isProject;
      yield* source.candidates;
      assertNotAborted(signal);
      done++;
      if (performance.now() - lastTold < REPORT_MS) continue;
      lastTold = performance.now();
      emit({ done, total: files.length });
    }
  }
  for await (const [candidate, refusal] of inOrder(candidates(), READ_AT_ONCE, refusalOf)) {
    if (refusal !== null) {
      rejected.push(refusal);
      continue;
    }
    const label = into?.name ?? candidate.label;
    const entry = counts.get(classKey(label)) ?? { name: cleanClassName(label), count: 0 };
    entry.count++;
    counts.set(classKey(label), entry);
  }
  const existing = new Set(dataset.classes.map(({ name }) => classKey(name)));
  const names = dataset.classes.map(({ name }) => name);
  const classes = [...counts].map(([key, { name, count }]) => ({
    name: key === '' ? uniqueClassName('', names) : name,
    count,
    exists: key !== '' && existing.has(key),
  }));
  return { classes, pictures: classes.reduce((n, { count }) => n + count, 0), rejected, isProject };
}

async function refusalOf(candidate: Candidate): Promise<Rejection | null> {
  const { path, isPacked } = candidate;
  if (isPacked) {
    if (PICTURE_NAME.test(path.slice(path.lastIndexOf('/') + 1))) return null;
    const code = HEIC_NAME.test(path) ? 'file-heic' : 'file-not-a-picture';
    return { name: path, error: { code, message: 'The name is not that of a picture that is read here.' } };
  }
  try {
    await checkHead(await candidate.open());
    return null;
  } catch (thrown) {
    return { name: path, error: toErrorData(thrown) };
  }
}
