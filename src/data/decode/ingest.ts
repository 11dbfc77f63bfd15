/** @file A file from outside becomes a stored picture, or an error that says what is wrong with it. */
import { EngineError } from '../../core/errors.ts';
import { sha256 } from '../../core/hash.ts';
import { readHead } from '../read-head.ts';
import { checkBytes, tooLarge } from '../source-bytes.ts';
import { squarePixels } from './augment.ts';
import { drawBounded, drawThumbnail, encodeStored, encodeThumbnail, imageOf } from './canvas.ts';
import { MAX_SOURCE_PIXELS, STORED_SIDE } from './jobs.ts';
import type { StoredPicture } from './jobs.ts';
import { readJpeg, stripJpeg } from './jpeg.ts';
import { lookOf } from './look.ts';
import { metadataOf } from './metadata.ts';
import { isAnimated, isReadable, isTruncated, readHeader, sniff, SNIFF_BYTES } from './picture-format.ts';
import type { PictureFormat } from './picture-format.ts';

/** Sources of more pixels are decoded one at a time, in whichever worker: each may take 400 MB. */
const LARGE_PIXELS = 16_000_000;
/** A JPEG that needs no change is kept as it is up to this size; a larger one is encoded again. */
const VERBATIM_BYTES = 400_000;

/** Each read of a file goes through another process. Up to this size it is read once, and whole. */
const ONE_READ_BYTES = 8_000_000;

/** As the job of this name says. @throws {EngineError} the `file-...` codes. */
export async function ingestFile(file: Blob, squareSize?: number): Promise<StoredPicture> {
  const { bytes, format } = await readChecked(file);
  const bitmap = await decode(file, bytes, format);
  try {
    const kept = format === 'jpeg' ? keepJpeg(bytes, bitmap) : null;
    const stored =
      kept === null ? await store(drawBounded(bitmap, STORED_SIDE).canvas) : await describe(bitmap, kept);
    return {
      ...stored,
      sourceHash: await sha256(bytes),
      firstFrameOnly: isAnimated(bytes, format),
      metadata: metadataOf(bytes, format),
      ...(kept !== null &&
        squareSize !== undefined && {
          square: { size: squareSize, pixels: squarePixels(bitmap, squareSize) },
        }),
    };
  } finally {
    bitmap.close();
  }
}

/** The picture in a file, upright, with the checks of an import. The caller closes it. */
export async function openFile(file: Blob): Promise<ImageBitmap> {
  const { bytes, format } = await readChecked(file);
  const bitmap = await decode(file, bytes, format);
  const bounded = drawBounded(bitmap, STORED_SIDE).canvas;
  bitmap.close();
  return bounded.transferToImageBitmap();
}

/** A drawn canvas or a camera frame, stored like a file. */
export async function storeDrawn(source: ImageBitmap | OffscreenCanvas): Promise<StoredPicture> {
  const stored = await store(drawBounded(source, STORED_SIDE).canvas);
  return { ...stored, sourceHash: stored.contentHash, firstFrameOnly: false, metadata: 'none' };
}

type Described = Omit<StoredPicture, 'sourceHash' | 'firstFrameOnly' | 'metadata'>;

async function store(canvas: OffscreenCanvas): Promise<Described> {
  return describe(canvas, new Uint8Array(await (await encodeStored(canvas)).arrayBuffer()));
}

async function describe(
  picture: ImageBitmap | OffscreenCanvas,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Described> {
  const small = drawThumbnail(picture);
  const look = lookOf(imageOf(small));
  return {
    bytes,
    width: picture.width,
    height: picture.height,
    look,
    thumbnail: await encodeThumbnail(small.canvas),
    contentHash: await sha256(bytes),
  };
}

/**
 * What can be said of a file by its first bytes alone: the format, or why it is refused.
 * @throws {EngineError} `file-empty`, `file-heic`, `file-unsupported`, `file-not-a-picture`, `file-too-large`.
 */
export async function checkHead(file: Blob): Promise<PictureFormat> {
  checkBytes(file);
  const head = await readHead(file, SNIFF_BYTES);
  const format = checkKind(head.subarray(0, SNIFF_BYTES));
  checkPixels(readHeader(head, format));
  return format;
}

async function readChecked(file: Blob): Promise<{ bytes: Uint8Array<ArrayBuffer>; format: PictureFormat }> {
  checkBytes(file);
  if (file.size > ONE_READ_BYTES) await checkHead(file);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const format = checkKind(bytes.subarray(0, SNIFF_BYTES));
  checkPixels(readHeader(bytes, format));
  if (isTruncated(bytes, format)) {
    throw new EngineError('file-truncated', `The ${format} data end too early.`, { format });
  }
  return { bytes, format };
}

function checkKind(head: Uint8Array): PictureFormat {
  const kind = sniff(head);
  if (isReadable(kind)) return kind;
  if (kind === 'heic') throw new EngineError('file-heic', 'Browsers do not read HEIC: export it as JPEG.');
  if (kind === 'unknown')
    throw new EngineError('file-not-a-picture', 'The content is not that of a picture.');
  throw new EngineError('file-unsupported', `Known, but not read here: ${kind}.`, { kind });
}

function checkPixels(header: { readonly width: number; readonly height: number } | null): void {
  if (header === null) return;
  const { width, height } = header;
  if (width * height > MAX_SOURCE_PIXELS) throw tooLarge({ width, height, limitPixels: MAX_SOURCE_PIXELS });
}

/** @throws {EngineError} `file-truncated` if the data are damaged inside, `file-unsupported` if not decodable here. */
async function decode(
  file: Blob,
  bytes: Uint8Array<ArrayBuffer>,
  format: PictureFormat,
): Promise<ImageBitmap> {
  const header = readHeader(bytes, format);
  const isLarge = header !== null && header.width * header.height > LARGE_PIXELS;
  const run = async () => {
    try {
      // The type matters: without it browsers sniff, and the first frame of an animation is what is decoded. A file
      // that has it is read once more, which costs less than to hand its bytes to the browser.
      const type = `image/${format}`;
      return await createImageBitmap(file.type === type ? file : new Blob([bytes], { type }));
    } catch (thrown) {
      const code = format === 'avif' ? 'file-unsupported' : 'file-truncated';
      throw new EngineError(code, `The ${format} data cannot be decoded.`, { format }, { cause: thrown });
    }
  };
  const bitmap = await (isLarge && 'locks' in navigator
    ? navigator.locks.request('graft-large-picture', run)
    : run());
  try {
    checkPixels(bitmap);
  } catch (thrown) {
    bitmap.close();
    throw thrown;
  }
  return bitmap;
}

/** The file's own coded data without metadata, if they can be kept: upright, small, plain colours. */
function keepJpeg(bytes: Uint8Array<ArrayBuffer>, bitmap: ImageBitmap): Uint8Array<ArrayBuffer> | null {
  const jpeg = readJpeg(bytes);
  const fits =
    jpeg !== null &&
    jpeg.orientation === 1 &&
    !jpeg.hasProfile &&
    (jpeg.components === 1 || jpeg.components === 3) &&
    Math.max(bitmap.width, bitmap.height) <= STORED_SIDE &&
    bytes.length <= VERBATIM_BYTES;
  return fits ? stripJpeg(bytes, jpeg) : null;
}
