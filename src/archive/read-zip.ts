/**
 * @file Zips from strangers, entry by entry and never whole in memory. What is wrong with one entry is said of that
 * entry, so that the rest can still be taken; only a zip without a readable directory fails as a whole.
 */
import { BlobReader, type FileEntry, ZipReader } from '@zip.js/zip.js';
import { EngineError, isAbortError } from '../core/errors.ts';

/** What a reader of zips will take. */
export interface ZipLimits {
  /** Largest unpacked entry, bytes. */
  readonly maxEntryBytes: number;
  readonly maxEntries: number;
}

/** One file of a zip. Folders, and what operating systems leave behind, are not told. */
export interface ZipItem {
  /** As in the zip, with `/`. If `problem` is absent it neither climbs nor is absolute. */
  readonly path: string;
  /** As the zip claims; {@link ZipItem.read} trusts it no further than the limit. */
  readonly sizeBytes: number;
  /** Why this entry will not be read: `zip-unsafe-path`, `zip-encrypted`, `zip-nested`, `zip-bomb`. */
  readonly problem: EngineError | null;
  /** The unpacked bytes. @throws {EngineError} `problem`, `zip-bomb`, `zip-damaged`, `cancelled`. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** Deflate cannot pack pictures of any use beyond this; a page of zeros it packs a thousandfold. */
const BOMB_RATIO = 200;
/** Small files may pack well without doing harm. */
const BOMB_FROM_BYTES = 4 << 20;

const DEFAULT_LIMITS: ZipLimits = { maxEntryBytes: 256 << 20, maxEntries: 200_000 };

/**
 * The files of a zip, in its order.
 * @throws {EngineError} `zip-damaged` if it has no readable directory (cut short, not a zip), `cancelled`.
 */
export async function* readZip(
  zip: Blob,
  signal: AbortSignal,
  limits: ZipLimits = DEFAULT_LIMITS,
): AsyncGenerator<ZipItem, void, void> {
  // Names are checked here, entry by entry: the library would refuse the whole zip for one bad name.
  const options = { useWebWorkers: false, filenameValidation: 'tolerant', strictness: 'tolerant' } as const;
  const reader = new ZipReader(new BlobReader(zip), options);
  try {
    let count = 0;
    for await (const entry of reader.getEntriesGenerator(options)) {
      signal.throwIfAborted();
      if (++count > limits.maxEntries) {
        throw new EngineError('zip-bomb', `The zip lists more than ${limits.maxEntries} entries.`, {
          name: '',
        });
      }
      if (!entry.directory && !isLitter(entry.filename)) yield toItem(entry, signal, limits);
    }
  } catch (thrown) {
    throw toZipError(thrown);
  } finally {
    await reader.close();
  }
}

function toItem(entry: FileEntry, signal: AbortSignal, limits: ZipLimits): ZipItem {
  const problem = findProblem(entry, limits);
  return {
    path: entry.filename,
    sizeBytes: entry.uncompressedSize,
    problem,
    async read() {
      if (problem) throw problem;
      const sink = boundedSink(
        Math.min(limits.maxEntryBytes, Math.max(entry.uncompressedSize, 1)),
        entry.filename,
      );
      try {
        await entry.getData(sink.stream, { signal, useWebWorkers: false, checkSignature: true });
      } catch (thrown) {
        throw toZipError(thrown, entry.filename);
      }
      return sink.bytes();
    },
  };
}

function findProblem(entry: FileEntry, limits: ZipLimits): EngineError | null {
  const { filename: name, uncompressedSize, compressedSize } = entry;
  const refuse = (code: ConstructorParameters<typeof EngineError>[0], why: string) =>
    new EngineError(code, `${name}: ${why}`, { name });
  if (!isSafePath(name)) return refuse('zip-unsafe-path', 'the path leaves the zip, so it was not read.');
  if (entry.encrypted)
    return refuse('zip-encrypted', 'it is locked with a password. Unpack it and drop the folder.');
  if (/\.zip$/i.test(name))
    return refuse('zip-nested', 'a zip inside a zip is not opened. Drop it by itself.');
  const ratio = uncompressedSize / Math.max(compressedSize, 1);
  if (uncompressedSize > limits.maxEntryBytes || (uncompressedSize > BOMB_FROM_BYTES && ratio > BOMB_RATIO)) {
    return refuse('zip-bomb', `it would unpack to ${uncompressedSize} bytes, too many to be a picture.`);
  }
  return null;
}

/** Relative, with no step upwards, no drive letter and no backslash that some system would take for a folder. */
function isSafePath(path: string): boolean {
  return !/^[/\\]|^[a-z]:|\\|\0/i.test(path) && !path.split('/').includes('..');
}

/** Resource forks, Finder and Explorer leftovers. */
function isLitter(path: string): boolean {
  return /(^|\/)(__MACOSX\/|\.DS_Store$|\._[^/]*$|Thumbs\.db$|desktop\.ini$)/i.test(path);
}

/** Collects what is written, and fails as soon as it is more than the entry's own claim or the limit. */
function boundedSink(maxBytes: number, name: string) {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const stream = new WritableStream<Uint8Array<ArrayBuffer>>({
    write(chunk) {
      length += chunk.byteLength;
      if (length > maxBytes) {
        throw new EngineError('zip-bomb', `${name}: it unpacks to more than the zip says.`, { name });
      }
      parts.push(chunk);
    },
  });
  return { stream, bytes: async () => new Uint8Array(await new Blob(parts).arrayBuffer()) };
}

function toZipError(thrown: unknown, name = ''): EngineError {
  if (thrown instanceof EngineError) return thrown;
  if (isAbortError(thrown)) return new EngineError('cancelled', 'The action was cancelled.');
  const what = name === '' ? 'The zip' : name;
  return new EngineError(
    'zip-damaged',
    `${what} could not be read: it is cut short or damaged.`,
    { name },
    { cause: thrown },
  );
}
