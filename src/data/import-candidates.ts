/** @file From what was dropped to single files with a label each: folders, loose files, zips of folders. */
import { readZip } from '../archive/read-zip.ts';
import type { ZipItem } from '../archive/read-zip.ts';
import { isAbortError, toErrorData } from '../core/errors.ts';
import type { ErrorData } from '../core/errors.ts';
import type { ImportFile, Rejection } from '../core/project.ts';
import type { SplitSide } from '../core/split.ts';
import { sniff } from './decode/picture-format.ts';
import { isTableName } from './names.ts';
import { placesOf } from './places.ts';
import { inOrder, readHead } from './read-head.ts';
import { soundFormat } from './sound/sound-format.ts';

/** A file that may be a picture. */
export interface Candidate {
  /** Path in the drop or in the zip. */
  readonly path: string;
  /** The class it belongs to by its folder; empty if it lies in none. */
  readonly label: string;
  /** The side of the split that it came with. */
  readonly side?: SplitSide;
  /** Must not straddle the split. */
  readonly group?: string;
  /** No picture and no sound by its first bytes, or where those are packed by its name: it may be a table. */
  readonly mayBeTable: boolean;
  /** @throws {EngineError} if it cannot be taken out of its zip. */
  open(): Promise<Blob>;
  /** Lies in a zip: its head cannot be read without unpacking it. */
  readonly isPacked: boolean;
}

/** A dropped file, opened if it is a zip. */
export interface Source {
  readonly candidates: readonly Candidate[];
  readonly rejected: readonly Rejection[];
  /** A saved project, not pictures. */
  readonly isProject: boolean;
}

/** The two entries by which a saved project is told from a zip of pictures. */
const PROJECT_ENTRIES = ['project.json', 'files.json'];
/** Deflate packs at most about a thousandfold: a zip that claims more in total has files that overlap. */
const MAX_TOTAL_RATIO = 1_100;

/** Heads of files under way at once: each is a question to another process. */
const HEADS_AT_ONCE = 8;

/** The dropped files one by one; junk of operating systems is left out in silence. */
export async function* openSources(files: readonly ImportFile[], signal: AbortSignal): AsyncIterable<Source> {
  const wanted = files.filter(({ path }) => !isJunk(path));
  const places = placesOf(wanted.map(({ path }) => path));
  const entries = [...wanted.entries()];
  const headOf = ([, { file }]: (typeof entries)[number]) =>
    readHead(file, 16).catch(() => new Uint8Array(0));
  for await (const [[i, { path, file }], head] of inOrder(entries, HEADS_AT_ONCE, headOf)) {
    const kind = sniff(head);
    if (kind === 'zip') yield await openZip(path, file, signal);
    else {
      const place = places[i] ?? { label: '' };
      const mayBeTable = kind === 'unknown' && head.length > 0 && soundFormat(head) === null;
      const candidate = { path, ...place, mayBeTable, isPacked: false, open: () => Promise.resolve(file) };
      yield { candidates: [candidate], rejected: [], isProject: false };
    }
  }
}

async function openZip(path: string, file: Blob, signal: AbortSignal): Promise<Source> {
  const refuse = (error: ErrorData): Source => ({
    candidates: [],
    rejected: [{ name: path, error }],
    isProject: false,
  });
  const items: ZipItem[] = [];
  try {
    for await (const item of readZip(file, signal)) items.push(item);
  } catch (thrown) {
    if (isAbortError(thrown)) throw thrown;
    return refuse(toErrorData(thrown));
  }
  const declaredBytes = items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (declaredBytes > MAX_TOTAL_RATIO * file.size) {
    const message = `The zip claims to hold ${declaredBytes} bytes, more than can be packed into ${file.size}.`;
    return refuse({ code: 'zip-bomb', message, detail: { name: path } });
  }
  const wanted = items.filter((item) => !isJunk(item.path));
  const encrypted = wanted.filter(({ problem }) => problem?.code === 'zip-encrypted');
  const rejected = wanted.flatMap(({ path: name, problem }) =>
    problem === null || problem.code === 'zip-encrypted' ? [] : [{ name, error: toErrorData(problem) }],
  );
  if (encrypted.length > 0) {
    // One password locks them all: one line says so.
    const message = `${encrypted.length} files in the zip need a password.`;
    const detail = { name: path, files: encrypted.length };
    rejected.unshift({ name: path, error: { code: 'zip-encrypted', message, detail } });
  }
  const names = new Set(items.map((item) => item.path));
  const isTeachable = isTeachableProject(names);
  const readable = wanted.filter(
    (item) => problemless(item) && !(isTeachable && item.path === TEACHABLE_MANIFEST),
  );
  const places = isTeachable
    ? readable.map((item) => ({ label: teachableLabel(item.path) }))
    : placesOf(readable.map((item) => item.path));
  const candidates = readable.map((item, i) => ({
    path: item.path,
    ...places[i],
    label: places[i]?.label || stemOf(path),
    isPacked: true,
    mayBeTable: isTableName(item.path) && item.sizeBytes > 0,
    open: async () => new Blob([await item.read()]),
  }));
  return { candidates, rejected, isProject: PROJECT_ENTRIES.every((name) => names.has(name)) };
}

const problemless = ({ problem }: ZipItem) => problem === null;

/** What operating systems leave in folders and zips. */
export function isJunk(path: string): boolean {
  const parts = path.split(/[/\\]/u);
  const name = parts.at(-1) ?? '';
  return (
    parts.includes('__MACOSX') ||
    name.startsWith('._') ||
    ['', '.ds_store', 'thumbs.db', 'desktop.ini', '.localized'].includes(name.toLowerCase())
  );
}

/** What a zip's name says of what is in it. Teachable Machine calls the samples of one class `NAME-samples.zip`. */
function stemOf(path: string): string {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.[^.]*$/u, '')
    .replace(/-samples(?: ?\(\d+\))?$/u, '');
}

const TEACHABLE_MANIFEST = 'manifest.json';
/** `CLASS-!-0.jpg`: samples of a project of Teachable Machine lie beside one another. */
const TEACHABLE_SAMPLE = /^(.+?)(?:-!-|-)\d+\.[a-z]+$/iu;

/** A project as Teachable Machine saves it (`.tm`): a zip with a manifest and samples named by their class. */
function isTeachableProject(names: ReadonlySet<string>): boolean {
  if (!names.has(TEACHABLE_MANIFEST)) return false;
  const others = [...names].filter((name) => name !== TEACHABLE_MANIFEST && !name.includes('/'));
  return others.some((name) => TEACHABLE_SAMPLE.test(name));
}

function teachableLabel(path: string): string {
  return TEACHABLE_SAMPLE.exec(path)?.[1] ?? '';
}
