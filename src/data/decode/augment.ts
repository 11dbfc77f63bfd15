/** @file A stored picture as the trunk sees it, plain or as a random variant. */
import { createRng } from '../../core/rng.ts';
import type { Rng } from '../../core/rng.ts';
import type { Augmentation } from '../../core/train-settings.ts';
import { readRgb, scratchSheet } from './canvas.ts';

/** The largest centred square of a picture, drawn to `size` on a {@link scratchSheet}. */
export function drawSquare(
  source: ImageBitmap | OffscreenCanvas,
  size: number,
): OffscreenCanvasRenderingContext2D {
  const context = scratchSheet(size, size);
  const side = Math.min(source.width, source.height);
  const left = (source.width - side) / 2;
  const top = (source.height - side) / 2;
  context.drawImage(source, left, top, side, side, 0, 0, size, size);
  return context;
}

/** The pixels of {@link drawSquare}. Shape: `size * size * 3`, HWC, RGB, 0..255. */
export function squarePixels(source: ImageBitmap, size: number): Uint8Array<ArrayBuffer> {
  return readRgb(drawSquare(source, size));
}

/** A random variant on a {@link scratchSheet}. The seed decides everything: each number is drawn whether its change is on or off. */
export function drawVariant(
  source: ImageBitmap,
  size: number,
  augmentation: Augmentation,
  seed: number,
): OffscreenCanvasRenderingContext2D {
  const rng = createRng(seed);
  const context = scratchSheet(size, size);
  const flip = rng.next() < 0.5 && augmentation.flip;
  const square = Math.min(source.width, source.height);
  const side = square * (1 - augmentation.crop * rng.next());
  const centreX = source.width / 2 + (rng.next() - 0.5) * (square - side);
  const centreY = source.height / 2 + (rng.next() - 0.5) * (square - side);
  const angle = (augmentation.rotateDegrees * spread(rng) * Math.PI) / 180;
  context.translate(size / 2, size / 2);
  context.rotate(angle);
  context.scale(((flip ? -1 : 1) * size) / side, size / side);
  context.translate(-centreX, -centreY);
  drawMirrored(context, source, angle !== 0);
  context.resetTransform();
  const colour = { brightness: spread(rng), contrast: spread(rng), saturation: spread(rng) };
  if (augmentation.colour > 0) changeColours(context, augmentation.colour, colour);
  return context;
}

/** Draws the picture, and where a rotation would show what lies beyond its edges, its mirror images around it. */
function drawMirrored(
  context: OffscreenCanvasRenderingContext2D,
  source: ImageBitmap,
  withMirrors: boolean,
): void {
  const { width, height } = source;
  const reach = withMirrors ? [-1, 0, 1] : [0];
  for (const row of reach) {
    for (const column of reach) {
      context.save();
      context.translate((column + 0.5) * width, (row + 0.5) * height);
      context.scale(column === 0 ? 1 : -1, row === 0 ? 1 : -1);
      context.drawImage(source, -width / 2, -height / 2);
      context.restore();
    }
  }
}

/**
 * Brightness, then contrast around the mean luma, then saturation around each pixel's luma; each factor is
 * `1 + strength * draw` with draws in [-1, 1]. On pixels, because not every browser has canvas filters.
 * Source: luma weights of ITU-R BT.601; the three changes as torchvision's ColorJitter defines them.
 */
function changeColours(
  context: OffscreenCanvasRenderingContext2D,
  strength: number,
  draws: { readonly brightness: number; readonly contrast: number; readonly saturation: number },
): void {
  const { width, height } = context.canvas;
  const image = context.getImageData(0, 0, width, height);
  const { data } = image;
  const brightness = 1 + strength * draws.brightness;
  const contrast = 1 + strength * draws.contrast;
  const saturation = 1 + strength * draws.saturation;
  const luma = (at: number) =>
    0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
  let sum = 0;
  for (let at = 0; at < data.length; at += 4) sum += luma(at);
  const mean = (brightness * sum) / (width * height);
  for (let at = 0; at < data.length; at += 4) {
    const grey = (luma(at) * brightness - mean) * contrast + mean;
    for (let channel = at; channel < at + 3; channel++) {
      const value = ((data[channel] ?? 0) * brightness - mean) * contrast + mean;
      data[channel] = grey + (value - grey) * saturation; // clamped by the array
    }
  }
  context.putImageData(image, 0, 0);
}

/** Uniform in [-1, 1). */
function spread(rng: Rng): number {
  return rng.next() * 2 - 1;
}
