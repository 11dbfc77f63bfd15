import type { DatasetState } from '../core/dataset.ts';
import type { CallParams, Progress } from '../core/engine-api.ts';
import { assertNotAborted, toErrorData } from '../core/errors.ts';
import type { ImportPreview, Rejection } from '../core/project.ts';
import type { SplitSide } from '../core/split.ts';
import { gatherDrop } from './gather.ts';
import type { Candidate } from './import-candidates.ts';
import type { KindAdapter } from './kinds/kind.ts';
import { classKey, cleanClassName, uniqueClassName } from './names.ts';
import { inOrder } from './read-head.ts';

const HEIC_NAME = /\.hei[cf]$/iu;
const MOST_SPELLINGS = 5;
const REPORT_MS = 100;
/** Heads of files under way at once: each is a question to another process. */
const READ_AT_ONCE = 16;

/**
 * What an import would do. Heads of loose files are read; of packed ones only the names are known, and everything
 * is checked again when it is imported.
 */
export async function previewImport(
  { files, intoClass, table: mapping }: CallParams<'data.preview'>,
  dataset: DatasetState,
  kind: KindAdapter,
  emit: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<ImportPreview> {
  const counts = new Map<string, { name: string; count: number; spellings: Set<string> }>();
  const given: Record<SplitSide, number> = { train: 0, validation: 0, test: 0 };
  const into = dataset.classes.find(({ id }) => id === intoClass);
  let lastTold = performance.now();
  const onSource = (done: number) => {
    if (performance.now() - lastTold < REPORT_MS) return;
    lastTold = performance.now();
    emit({ done, total: files.length });
  };
  const tables = into === undefined ? (mapping ?? 'guess') : 'ignore';
  const {
    candidates,
    rejected: refused,
    isProject,
    table,
  } = await gatherDrop(files, tables, kind.rows, signal, onSource);
  const rejected: Rejection[] = [...refused];
  for await (const [candidate, refusal] of inOrder(candidates, READ_AT_ONCE, (one) => refusalOf(one, kind))) {
    assertNotAborted(signal);
    if (refusal !== null) {
      rejected.push(refusal);
      continue;
    }
    if (candidate.side !== undefined) given[candidate.side]++;
    const label = into?.name ?? candidate.label;
    const name = cleanClassName(label);
    const entry = counts.get(classKey(label)) ?? { name, count: 0, spellings: new Set() };
    entry.count++;
    if (label !== entry.name && entry.spellings.size < MOST_SPELLINGS) entry.spellings.add(label);
    counts.set(classKey(label), entry);
  }
  const existing = new Set(dataset.classes.map(({ name }) => classKey(name)));
  const names = dataset.classes.map(({ name }) => name);
  const classes = [...counts].map(([key, { name, count, spellings }]) => ({
    name: key === '' ? uniqueClassName('', names) : name,
    count,
    exists: key !== '' && existing.has(key),
    spellings: [...spellings],
  }));
  return {
    classes,
    pictures: classes.reduce((n, { count }) => n + count, 0),
    rejected,
    given: given.train + given.validation + given.test > 0 ? given : null,
    table,
    isProject,
  };
}

async function refusalOf(candidate: Candidate, kind: KindAdapter): Promise<Rejection | null> {
  const { path, isPacked } = candidate;
  if (isPacked) {
    if (kind.isName(path.slice(path.lastIndexOf('/') + 1))) return null;
    const code = HEIC_NAME.test(path) ? 'file-heic' : kind.otherName;
    return { name: path, error: { code, message: 'The name is not that of a file that is read here.' } };
  }
  try {
    await kind.checkHead(await candidate.open());
    return null;
  } catch (thrown) {
    return { name: path, error: toErrorData(thrown) };
  }
}
