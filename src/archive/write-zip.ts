import { BlobReader, BlobWriter, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';

/** A file to be packed. */
export interface ZipSource {
  readonly path: string;
  /** Asked for when its turn comes, so that only one file is held at a time. */
  read(): Promise<Blob | Uint8Array<ArrayBuffer>>;
}

/**
 * Packs files without compressing them: pictures and weights would not get smaller. Zip64 where it must be.
 * @throws whatever a source's `read` throws, and an `AbortError` if the signal is aborted.
 */
export async function writeZip(
  sources: Iterable<ZipSource>,
  signal: AbortSignal,
  onFile: () => void = () => undefined,
): Promise<Blob> {
  const writer = new ZipWriter(new BlobWriter('application/zip'), {
    level: 0,
    useWebWorkers: false,
    extendedTimestamp: false,
    signal,
  });
  for (const source of sources) {
    signal.throwIfAborted();
    const content = await source.read();
    await writer.add(
      source.path,
      content instanceof Blob ? new BlobReader(content) : new Uint8ArrayReader(content),
    );
    onFile();
  }
  return writer.close();
}
