import { BlobReader, Uint8ArrayReader, Uint8ArrayWriter, ZipReader, ZipWriter } from '@zip.js/zip.js';
import { concat } from './bytes.ts';

export interface ZipEntry {
  /** Written as it is, however unsafe. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer> | Blob;
}

/** A zip of the given entries, encrypted if a password is given. */
export async function zipOf(
  entries: readonly ZipEntry[],
  password?: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), {
    useWebWorkers: false,
    ...(password !== undefined && { password }),
  });
  for (const { path, bytes } of entries) {
    const reader = bytes instanceof Blob ? new BlobReader(bytes) : new Uint8ArrayReader(bytes);
    await writer.add(path, reader);
  }
  return new Uint8Array(await writer.close());
}

/** Zeros that deflate a thousandfold: the classic bomb, in one entry that calls itself a picture. */
export async function bombZip(unpackedBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const block = new Uint8Array(1 << 20);
  const zeros = new Blob(Array.from({ length: Math.ceil(unpackedBytes / block.length) }, () => block));
  return zipOf([{ path: 'class/bomb.jpg', bytes: zeros }]);
}

/** The same zip with other bytes in the entries whose path fits. */
export async function changedZip(
  zip: Uint8Array<ArrayBuffer>,
  path: RegExp,
  change: (bytes: Uint8Array<ArrayBuffer>, path: string) => Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const entries: ZipEntry[] = [];
  for (const entry of await new ZipReader(new Uint8ArrayReader(zip), { useWebWorkers: false }).getEntries()) {
    if (entry.directory) continue;
    const bytes = await entry.getData(new Uint8ArrayWriter(), { useWebWorkers: false });
    entries.push({
      path: entry.filename,
      bytes: path.test(entry.filename) ? change(bytes, entry.filename) : bytes,
    });
  }
  return zipOf(entries);
}

/**
 * A zip of that many entries of one byte each, `set/0/0.jpg`, `set/1/1.jpg`, `set/0/2.jpg` and so on, written by hand
 * since a writer takes seconds. Source: APPNOTE.TXT 6.3.10, 4.3.7 to 4.3.16, with the records of Zip64.
 */
export function crowdedZip(entries: number): Uint8Array<ArrayBuffer> {
  const files: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  // One byte, 0x78, stored: version, flags, method, time, date, CRC-32, both sizes, length of the name, of extra data.
  const common = (name: string) =>
    fields(
      [2, 45],
      [2, 0],
      [2, 0],
      [2, 0],
      [2, 0x21],
      [4, 0x8cdc1683],
      [4, 1],
      [4, 1],
      [2, name.length],
      [2, 0],
    );
  for (let i = 0; i < entries; i++) {
    const name = `set/${i % 2}/${i}.jpg`;
    const bytes = new TextEncoder().encode(name);
    const local = [fields([4, 0x04034b50]), common(name), bytes, new Uint8Array([0x78])];
    files.push(...local);
    directory.push(
      fields([4, 0x02014b50], [2, 45]),
      common(name),
      fields([2, 0], [2, 0], [2, 0], [4, 0], [4, at]),
      bytes,
    );
    at += local.reduce((n, { length }) => n + length, 0);
  }
  const size = directory.reduce((n, { length }) => n + length, 0);
  const end = [
    fields(
      [4, 0x06064b50],
      [8, 44],
      [2, 45],
      [2, 45],
      [4, 0],
      [4, 0],
      [8, entries],
      [8, entries],
      [8, size],
      [8, at],
    ),
    fields([4, 0x07064b50], [4, 0], [8, at + size], [4, 1]),
    fields(
      [4, 0x06054b50],
      [2, 0],
      [2, 0],
      [2, 0xffff],
      [2, 0xffff],
      [4, 0xffffffff],
      [4, 0xffffffff],
      [2, 0],
    ),
  ];
  return concat([...files, ...directory, ...end]);
}

/** Little-endian integers: width in bytes, value. */
function fields(...values: readonly (readonly [2 | 4 | 8, number])[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.reduce((n, [width]) => n + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of values) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return bytes;
}
