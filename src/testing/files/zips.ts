import { BlobReader, Uint8ArrayReader, Uint8ArrayWriter, ZipReader, ZipWriter } from '@zip.js/zip.js';

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
