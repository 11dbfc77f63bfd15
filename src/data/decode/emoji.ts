/** @file The emoji sample set: one glyph of a bundled font on a random background. */
import font4 from '@fontsource/noto-color-emoji/files/noto-color-emoji-4-400-normal.woff2?url';
import font5 from '@fontsource/noto-color-emoji/files/noto-color-emoji-5-400-normal.woff2?url';
import font6 from '@fontsource/noto-color-emoji/files/noto-color-emoji-6-400-normal.woff2?url';
import font7 from '@fontsource/noto-color-emoji/files/noto-color-emoji-7-400-normal.woff2?url';
import font8 from '@fontsource/noto-color-emoji/files/noto-color-emoji-8-400-normal.woff2?url';
import font9 from '@fontsource/noto-color-emoji/files/noto-color-emoji-9-400-normal.woff2?url';
import ranges from '@fontsource/noto-color-emoji/unicode.json';
import { createRng } from '../../core/rng.ts';
import type { Rng } from '../../core/rng.ts';
import { createSheet } from './canvas.ts';

/** One picture of the sample set. The seed decides size, place, angle and background. */
export interface GlyphPicture {
  readonly glyph: string;
  readonly seed: number;
}

/** Side of a picture of the sample set, px. */
export const GLYPH_PICTURE_SIDE = 256;

const BUNDLED = 'Graft Emoji';
/** Where fonts cannot be loaded: what systems have. */
const OF_THE_SYSTEM = '"Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji", sans-serif';

/** The parts of the font that hold the glyphs of the sample set; each is fetched when a glyph of it is drawn. */
const PARTS: readonly (readonly [string, string])[] = [
  [font4, ranges['[4]']],
  [font5, ranges['[5]']],
  [font6, ranges['[6]']],
  [font7, ranges['[7]']],
  [font8, ranges['[8]']],
  [font9, ranges['[9]']],
];

/** Draws one picture. Fetches the part of the font that has the glyph first. */
export async function drawGlyph({ glyph, seed }: GlyphPicture): Promise<OffscreenCanvas> {
  const family = await loadFamily(glyph);
  const rng = createRng(seed);
  const side = GLYPH_PICTURE_SIDE;
  const context = createSheet(side, side);
  drawBackground(context, side, rng);
  const glyphSide = side * between(rng, 0.45, 0.8);
  const room = (side - glyphSide) / 2;
  context.translate(side / 2 + room * between(rng, -0.7, 0.7), side / 2 + room * between(rng, -0.7, 0.7));
  context.rotate((between(rng, -25, 25) * Math.PI) / 180);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = '#222';
  // An emoji is about 1.2 em wide.
  context.font = `${glyphSide / 1.2}px ${family}`;
  context.fillText(glyph, 0, 0);
  return context.canvas;
}

/** Two calm colours in one of four patterns, so that no background belongs to a class. */
function drawBackground(context: OffscreenCanvasRenderingContext2D, side: number, rng: Rng): void {
  const hue = rng.next() * 360;
  const colour = (turn: number) =>
    `hsl(${(hue + turn) % 360} ${between(rng, 10, 70)}% ${between(rng, 35, 92)}%)`;
  const [first, second] = [colour(0), colour(between(rng, 20, 180))];
  const pattern = rng.below(4);
  const step = between(rng, 16, 56);
  context.fillStyle = first;
  context.fillRect(0, 0, side, side);
  context.fillStyle = second;
  if (pattern === 1) {
    const gradient = context.createLinearGradient(0, 0, side * rng.next(), side);
    gradient.addColorStop(0, first);
    gradient.addColorStop(1, second);
    context.fillStyle = gradient;
    context.fillRect(0, 0, side, side);
  } else if (pattern === 2) {
    for (let at = 0; at < side; at += 2 * step) context.fillRect(at, 0, step, side);
  } else if (pattern === 3) {
    for (let x = step / 2; x < side; x += step) {
      for (let y = step / 2; y < side; y += step) {
        context.beginPath();
        context.arc(x, y, step / 4, 0, 2 * Math.PI);
        context.fill();
      }
    }
  }
}

/** The family to draw with: the bundled one, or the system's where a worker cannot load fonts. */
async function loadFamily(glyph: string): Promise<string> {
  const fonts = fontsOfThread();
  if (fonts === undefined) return OF_THE_SYSTEM;
  if (![...fonts].some((face) => face.family.replaceAll('"', '') === BUNDLED)) {
    for (const [url, unicodeRange] of PARTS) {
      fonts.add(new FontFace(BUNDLED, `url("${new URL(url, import.meta.url).href}")`, { unicodeRange }));
    }
  }
  try {
    await fonts.load(`64px "${BUNDLED}"`, glyph);
  } catch {
    return OF_THE_SYSTEM; // a part could not be fetched: a picture of the system's font beats none
  }
  return `"${BUNDLED}", ${OF_THE_SYSTEM}`;
}

/** Fonts of the worker, or of the document where the engine runs on the page's thread. */
function fontsOfThread(): FontFaceSet | undefined {
  if (typeof FontFace === 'undefined') return undefined;
  const scope: { readonly fonts?: FontFaceSet; readonly document?: { readonly fonts?: FontFaceSet } } =
    globalThis;
  return scope.fonts ?? scope.document?.fonts;
}

function between(rng: Rng, low: number, high: number): number {
  return low + (high - low) * rng.next();
}
