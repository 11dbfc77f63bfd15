import type { SampleId, SampleRecord } from '../core/dataset.ts';
import { EngineError } from '../core/errors.ts';
import type { BitmapReader, InputSource, PixelSource, PixelVariant } from '../core/pixel-source.ts';
import type { PictureStore } from './data-service.ts';
import { squarePixels } from './decode/augment.ts';
import type { DecodePool } from './decode/decode-pool.ts';
import type { DecodeParams, Square, StoredPicture } from './decode/jobs.ts';
import type { PictureLook } from './decode/look.ts';

/** Thumbnails kept in memory; about 3 kB each. Others are drawn again when asked for. */
const KEPT_THUMBNAILS = 3_000;

/** Bytes of pixels kept from import until the trunk asks for them. */
const KEPT_PIXEL_BYTES = 64_000_000;

/** Where a picture's bytes are kept: by what they are, so that equal ones are kept once. */
function picturePath(contentHash: string): string {
  return `pictures/${contentHash}`;
}

/** Stored pictures: writing, thumbnails, pixels. */
export interface Pictures {
  /** The size at which pixels were last asked for, px: what a newcomer's `square` should have. */
  readonly squareSize: () => number | undefined;
  /** @throws {EngineError} `quota`. */
  write(picture: StoredPicture): Promise<void>;
  /** @throws {EngineError} `not-found`. */
  read(id: SampleId): Promise<Blob>;
  /** `null` where the picture is gone. */
  thumbnail(id: SampleId, signal: AbortSignal): Promise<Blob | null>;
  /** `null` where the picture is gone. */
  look(id: SampleId, signal: AbortSignal): Promise<PictureLook | null>;
  readonly pixels: PixelSource & BitmapReader & InputSource;
}

/** @param sample Looks a sample up in the present data set. */
export function createPictures(
  store: PictureStore,
  pool: DecodePool,
  sample: (id: SampleId) => SampleRecord | undefined,
): Pictures {
  const thumbnails = new Map<string, Blob>();
  const keepThumbnail = (contentHash: string, thumbnail: Blob) => {
    thumbnails.delete(contentHash);
    thumbnails.set(contentHash, thumbnail);
    const oldest = thumbnails.size > KEPT_THUMBNAILS ? thumbnails.keys().next().value : undefined;
    if (oldest !== undefined) thumbnails.delete(oldest);
  };
  const squares = createHandover();
  /** About 1 kB each, so that even ten thousand are little. */
  const looks = new Map<string, PictureLook>();
  let squareSize: number | undefined;
  const read = async (id: SampleId): Promise<Blob> => {
    const record = sample(id);
    const blob = record === undefined ? null : await store.read(picturePath(record.contentHash));
    if (blob === null) throw new EngineError('not-found', `The picture ${id} is gone.`, { id });
    return blob;
  };
  return {
    squareSize: () => squareSize,
    async write({ contentHash, bytes, thumbnail, square, look }) {
      await store.write(picturePath(contentHash), bytes);
      keepThumbnail(contentHash, thumbnail);
      looks.set(contentHash, look);
      if (square !== undefined) squares.keep(contentHash, square);
    },
    read,
    async look(id, signal) {
      const record = sample(id);
      if (record === undefined) return null;
      const { contentHash, kind } = record;
      const known = looks.get(contentHash);
      if (known !== undefined) return known;
      const blob = await store.read(picturePath(contentHash));
      if (blob === null) return null;
      const look = await pool.run('look', { picture: blob, kind }, signal);
      looks.set(contentHash, look);
      return look;
    },
    async thumbnail(id, signal) {
      const record = sample(id);
      if (record === undefined) return null;
      const { contentHash, kind } = record;
      const known = thumbnails.get(contentHash);
      const blob = known === undefined ? await store.read(picturePath(contentHash)) : null;
      if (known === undefined && blob === null) return null;
      const thumbnail =
        known ?? (blob === null ? null : await pool.run('thumbnail', { picture: blob, kind }, signal));
      if (thumbnail !== null) keepThumbnail(contentHash, thumbnail);
      return thumbnail;
    },
    pixels: {
      concurrency: pool.concurrency + 1,
      async pixels(id, size, { variant, signal } = {}) {
        squareSize = size;
        const contentHash = sample(id)?.contentHash;
        const square = contentHash === undefined || variant ? null : squares.take(contentHash, size);
        if (square !== null) return square;
        return pool.run('pixels', { picture: await read(id), size, ...(variant && { variant }) }, signal);
      },
      async input(id, input, options = {}) {
        if (input.kind === 'pixels') return this.pixels(id, input.size, options);
        const stored = await read(id);
        return runInput(pool, { stored, kind: sample(id)?.kind ?? 'picture', input }, options);
      },
      bitmapPixels(bitmap, size) {
        try {
          return Promise.resolve(squarePixels(bitmap, size));
        } finally {
          bitmap.close();
        }
      },
    },
  };
}

/** What a trunk takes of a stored sample. */
function runInput(
  pool: DecodePool,
  params: DecodeParams<'input'>,
  { variant, signal }: { readonly variant?: PixelVariant; readonly signal?: AbortSignal },
) {
  return pool.run('input', { ...params, ...(variant && { variant }) }, signal);
}

/** Pixels that wait for their one reader, by content; the oldest make room. */
function createHandover() {
  const waiting = new Map<string, Square>();
  let bytes = 0;
  const remove = (contentHash: string): Square | null => {
    const square = waiting.get(contentHash);
    if (square === undefined) return null;
    waiting.delete(contentHash);
    bytes -= square.pixels.byteLength;
    return square;
  };
  return {
    keep(contentHash: string, square: Square): void {
      remove(contentHash);
      waiting.set(contentHash, square);
      bytes += square.pixels.byteLength;
      for (const oldest of waiting.keys()) {
        if (bytes <= KEPT_PIXEL_BYTES) break;
        remove(oldest);
      }
    },
    /** The caller owns the array. `null` where there is none of this size. */
    take(contentHash: string, size: number): Uint8Array<ArrayBuffer> | null {
      const square = remove(contentHash);
      return square?.size === size ? square.pixels : null;
    },
  };
}
