/**
 * @file The sample set that needs no download: emoji drawn at a random size, angle and place on a random background.
 * Pictures of one glyph form a group, so the final exam asks for glyphs that were never seen.
 */
import { assertNotAborted, EngineError } from '../../core/errors.ts';
import { createRng, deriveSeed, type Rng } from '../../core/rng.ts';
import { EMOJI_FAMILY, loadEmojiFont } from './emoji-font.ts';
import { SAMPLE_GLYPHS } from './glyphs.ts';

/** Side of a drawn picture, px: no smaller than the trunks' input, so that nothing is scaled up. */
export const SAMPLE_SIDE = 256;
const VARIANTS_PER_GLYPH = 2;
const MAX_ANGLE = Math.PI / 9;

/** One drawn picture. The receiver closes the bitmap. */
export interface DrawnSample {
  /** Index into the class names. */
  readonly classIndex: number;
  readonly name: string;
  /** One glyph, one group. */
  readonly group: string;
  readonly bitmap: ImageBitmap;
}

/** How many pictures {@link drawSampleSet} makes. */
export const SAMPLE_COUNT = SAMPLE_GLYPHS.flat().length * VARIANTS_PER_GLYPH;

/**
 * Draws the set, class by class in turn, so that every class grows from the start.
 * The same seed draws the same pictures on the same browser.
 * @throws {EngineError} `weights-fetch` if the font cannot be loaded, `cancelled`.
 */
export async function* drawSampleSet(
  seed: number,
  signal: AbortSignal,
): AsyncGenerator<DrawnSample, void, void> {
  await loadEmojiFont(SAMPLE_GLYPHS.flat().join(''));
  const canvas = new OffscreenCanvas(SAMPLE_SIDE, SAMPLE_SIDE);
  const longest = Math.max(...SAMPLE_GLYPHS.map((glyphs) => glyphs.length));
  for (let variant = 0; variant < VARIANTS_PER_GLYPH; variant++) {
    for (let i = 0; i < longest; i++) {
      for (const [classIndex, glyphs] of SAMPLE_GLYPHS.entries()) {
        assertNotAborted(signal);
        const glyph = glyphs[i];
        if (glyph === undefined) continue;
        drawGlyph(canvas, glyph, createRng(deriveSeed(seed, `${glyph} ${variant}`)));
        const group = `emoji ${codePoint(glyph)}`;
        yield {
          classIndex,
          name: `${codePoint(glyph)}-${variant + 1}`,
          group,
          bitmap: canvas.transferToImageBitmap(),
        };
      }
    }
  }
}

/** Paints one random picture of a glyph over the whole canvas. */
export function drawGlyph(canvas: OffscreenCanvas, glyph: string, rng: Rng): void {
  // In plain memory: the picture is encoded, never shown, and one drawn by a graphics card would have to be read back.
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context)
    throw new EngineError('internal', 'This browser gave no 2d canvas to draw the sample set on.');
  const side = canvas.width;
  paintBackground(context, side, rng);
  const size = side * (0.45 + 0.3 * rng.next());
  context.save();
  context.translate(side * (0.5 + 0.12 * (rng.next() - 0.5)), side * (0.5 + 0.12 * (rng.next() - 0.5)));
  context.rotate(MAX_ANGLE * (2 * rng.next() - 1));
  context.font = `${size}px "${EMOJI_FAMILY}"`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  // A solid fill: were it translucent, colour glyphs would be too.
  context.fillStyle = '#000';
  context.fillText(glyph, 0, size * 0.05);
  context.restore();
}

/** A gradient of two pale or dark colours with a few soft discs: nothing that tells the class. */
function paintBackground(context: OffscreenCanvasRenderingContext2D, side: number, rng: Rng): void {
  const angle = 2 * Math.PI * rng.next();
  const [x, y] = [(Math.cos(angle) * side) / 2, (Math.sin(angle) * side) / 2];
  const gradient = context.createLinearGradient(side / 2 - x, side / 2 - y, side / 2 + x, side / 2 + y);
  gradient.addColorStop(0, randomColour(rng, 1));
  gradient.addColorStop(1, randomColour(rng, 1));
  context.fillStyle = gradient;
  context.fillRect(0, 0, side, side);
  for (let discs = rng.below(4); discs > 0; discs--) {
    context.fillStyle = randomColour(rng, 0.35);
    context.beginPath();
    context.arc(side * rng.next(), side * rng.next(), side * (0.08 + 0.25 * rng.next()), 0, 2 * Math.PI);
    context.fill();
  }
}

function randomColour(rng: Rng, alpha: number): string {
  return `hsl(${rng.below(360)} ${20 + rng.below(50)}% ${30 + rng.below(62)}% / ${alpha})`;
}

/** The glyph's code point as in the standard's tables, e.g. `U+1F400`. */
function codePoint(glyph: string): string {
  return `U+${(glyph.codePointAt(0) ?? 0).toString(16).toUpperCase()}`;
}
