/** @file Drawing on canvases that live in plain memory, so that pixels do not depend on a graphics driver. */
import { EngineError } from '../../core/errors.ts';
import { THUMBNAIL_SIDE } from './jobs.ts';

/** JPEG quality of stored pictures: above it files grow and features do not change. */
const STORED_QUALITY = 0.9;
const THUMBNAIL_QUALITY = 0.8;

/**
 * An opaque white canvas. White shows through where a picture is transparent.
 * @throws {EngineError} `out-of-memory` if the browser refuses it.
 */
export function createSheet(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  if (context === null) {
    throw new EngineError('out-of-memory', `The browser gave no canvas of ${width} x ${height} px.`);
  }
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  return context;
}

/** Sheets kept for {@link scratchSheet}, the least used first. */
const scratch = new Map<string, OffscreenCanvasRenderingContext2D>();
/** One for the trunk's input and a few shapes of thumbnails. */
const KEPT_SHEETS = 6;

/**
 * Like {@link createSheet}, for what is drawn and read at once: the next call of this size draws over it. A new canvas
 * costs a browser more than the drawing.
 */
export function scratchSheet(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const key = `${width} x ${height}`;
  const known = scratch.get(key);
  const context = known ?? createSheet(width, height);
  scratch.delete(key);
  scratch.set(key, context);
  const oldest = scratch.size > KEPT_SHEETS ? scratch.keys().next().value : undefined;
  if (oldest !== undefined) scratch.delete(oldest);
  if (known !== undefined) {
    context.resetTransform();
    context.fillRect(0, 0, width, height);
  }
  return context;
}

type MakeSheet = typeof createSheet;

/** A picture drawn so that its longest side is at most `side`, upright, on white. */
export function drawBounded(
  source: ImageBitmap | OffscreenCanvas,
  side: number,
  makeSheet: MakeSheet = createSheet,
): OffscreenCanvasRenderingContext2D {
  const scale = Math.min(1, side / Math.max(source.width, source.height));
  const width = Math.max(1, Math.round(source.width * scale));
  const height = Math.max(1, Math.round(source.height * scale));
  const context = makeSheet(width, height);
  context.drawImage(source, 0, 0, width, height);
  return context;
}

export function encodeStored(canvas: OffscreenCanvas): Promise<Blob> {
  return canvas.convertToBlob({ type: 'image/jpeg', quality: STORED_QUALITY });
}

/** A picture drawn small, longest side {@link THUMBNAIL_SIDE}, on a {@link scratchSheet}. */
export function drawThumbnail(source: ImageBitmap | OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  return drawBounded(source, THUMBNAIL_SIDE, scratchSheet);
}

/** The canvas may be drawn over once this has been called: its pixels are taken at the call. */
export function encodeThumbnail(canvas: OffscreenCanvas): Promise<Blob> {
  return canvas.convertToBlob({ type: 'image/jpeg', quality: THUMBNAIL_QUALITY });
}

export function imageOf(context: OffscreenCanvasRenderingContext2D): ImageData {
  return context.getImageData(0, 0, context.canvas.width, context.canvas.height);
}

/** The pixels of a canvas without alpha. Shape: `height * width * 3`, HWC, RGB, 0..255. */
export function readRgb(context: OffscreenCanvasRenderingContext2D): Uint8Array<ArrayBuffer> {
  const { data, width, height } = imageOf(context);
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = data[from] ?? 0;
    rgb[to + 1] = data[from + 1] ?? 0;
    rgb[to + 2] = data[from + 2] ?? 0;
  }
  return rgb;
}
