import { createPacer } from '../../src/index.ts';
import { assertRunning } from './assert-running.ts';

/** One file with the folders it came in, `/` between them. The same shape as the engine's `ImportFile`. */
export interface FoundFile {
  readonly path: string;
  readonly file: File;
}

/** What the walk needs of `FileSystemEntry`; small, so that a test can write it by hand. */
export interface DropEntry {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly name: string;
}
export interface DropFileEntry extends DropEntry {
  file(done: (file: File) => void, failed: (error: DOMException) => void): void;
}
export interface DropFolderEntry extends DropEntry {
  createReader(): {
    readEntries(done: (entries: DropEntry[]) => void, failed: (error: DOMException) => void): void;
  };
}

/** What was dropped: the entries, which are known only while the drop event is handled. */
export interface DroppedItems {
  readonly entries: readonly DropEntry[];
  /** Files for which the browser gives no entry. */
  readonly files: readonly File[];
}

export interface WalkResult {
  readonly files: readonly FoundFile[];
  /** Paths that the file system refused to read. */
  readonly unreadable: readonly string[];
}

/** Files that a system writes beside pictures; nobody means to drop them. */
const SYSTEM_FILES = new Set(['.ds_store', 'thumbs.db', 'desktop.ini']);
const SYSTEM_FOLDERS = new Set(['__macosx', '.git', '$recycle.bin']);

/** How many entries are asked for at once: enough to hide the latency, few enough to stop soon. */
const AT_ONCE = 32;

/** Reads the drop while its event is still alive. Call it in the handler itself, before any `await`. */
export function takeDrop(transfer: DataTransfer): DroppedItems {
  const entries: DropEntry[] = [];
  const files: File[] = [];
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    if (entry !== null) entries.push(entry);
    else {
      const file = item.getAsFile();
      if (file !== null) files.push(file);
    }
  }
  return { entries, files };
}

/**
 * Every file below what was dropped, folder by folder, in the order of the file system. All waiting is for the file
 * system's own callbacks, so the page stays responsive however many there are.
 * @throws an `AbortError` when the signal is aborted.
 */
export async function walkDrop(
  dropped: DroppedItems,
  signal: AbortSignal,
  onFound?: (count: number) => void,
): Promise<WalkResult> {
  const files: FoundFile[] = dropped.files.map((file) => ({ path: file.name, file }));
  const unreadable: string[] = [];
  const queue: { readonly entry: DropEntry; readonly folder: string }[] = dropped.entries.map((entry) => ({
    entry,
    folder: '',
  }));
  while (queue.length > 0) {
    assertRunning(signal);
    const batch = queue.splice(0, AT_ONCE);
    const read = await Promise.all(batch.map(({ entry, folder }) => readEntry(entry, folder)));
    for (const one of read) {
      if (one.kind === 'file') files.push(one.found);
      else if (one.kind === 'folder') queue.push(...one.inside.map((entry) => ({ entry, folder: one.path })));
      else if (one.kind === 'unreadable') unreadable.push(one.path);
    }
    onFound?.(files.length);
  }
  return { files, unreadable };
}

type ReadEntry =
  | { readonly kind: 'file'; readonly found: FoundFile }
  | { readonly kind: 'folder'; readonly path: string; readonly inside: readonly DropEntry[] }
  | { readonly kind: 'unreadable'; readonly path: string }
  | { readonly kind: 'skipped' };

async function readEntry(entry: DropEntry, folder: string): Promise<ReadEntry> {
  const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
  try {
    if (isFile(entry)) {
      if (isSystemFile(entry.name)) return { kind: 'skipped' };
      const file = await new Promise<File>((done, failed) => {
        entry.file(done, failed);
      });
      return { kind: 'file', found: { path, file } };
    }
    if (isFolder(entry)) {
      if (SYSTEM_FOLDERS.has(entry.name.toLowerCase())) return { kind: 'skipped' };
      return { kind: 'folder', path, inside: await readFolder(entry) };
    }
    return { kind: 'skipped' };
  } catch {
    return { kind: 'unreadable', path };
  }
}

/** Browsers hand out a folder in portions (Chromium: 100); an empty one is the end. */
async function readFolder(folder: DropFolderEntry): Promise<DropEntry[]> {
  const reader = folder.createReader();
  const all: DropEntry[] = [];
  for (;;) {
    const portion = await new Promise<DropEntry[]>((done, failed) => {
      reader.readEntries(done, failed);
    });
    if (portion.length === 0) return all;
    all.push(...portion);
  }
}

/**
 * Files of a picker; those of a folder picker keep their folders. Their sizes are asked for here, in slices: a browser
 * looks each file up when it is first asked or sent to a worker, and sending a thousand at once would block the page.
 * @throws an `AbortError` when the signal is aborted.
 */
export async function foundInList(
  files: Iterable<File>,
  signal?: AbortSignal,
  onFound?: (count: number) => void,
): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const pause = createPacer();
  for (const file of files) {
    if (signal !== undefined) assertRunning(signal);
    if (isSystemFile(file.name) || !Number.isFinite(file.size)) continue;
    found.push({ path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath, file });
    if (await pause()) onFound?.(found.length);
  }
  return found;
}

/** Whether a name is one of those that systems write beside pictures. */
export function isSystemFile(name: string): boolean {
  return SYSTEM_FILES.has(name.toLowerCase()) || name.startsWith('._');
}

function isFile(entry: DropEntry): entry is DropFileEntry {
  return entry.isFile && 'file' in entry;
}

function isFolder(entry: DropEntry): entry is DropFolderEntry {
  return entry.isDirectory && 'createReader' in entry;
}
