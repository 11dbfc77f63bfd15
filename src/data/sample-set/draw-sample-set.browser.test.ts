import { expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { drawGlyph, drawSampleSet, SAMPLE_COUNT, SAMPLE_SIDE } from './draw-sample-set.ts';
import { EMOJI_FAMILY, loadEmojiFont } from './emoji-font.ts';
import { SAMPLE_GLYPHS } from './glyphs.ts';

const never = new AbortController().signal;

/** A glyph alone on white, as bytes. */
function plain(glyph: string): Uint8ClampedArray {
  const canvas = new OffscreenCanvas(48, 48);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, 48, 48);
  context.fillStyle = '#000';
  context.font = `36px "${EMOJI_FAMILY}"`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(glyph, 24, 26);
  return context.getImageData(0, 0, 48, 48).data;
}

test('four classes of at least sixty glyphs, none twice', () => {
  expect(SAMPLE_GLYPHS.length).toBe(4);
  for (const glyphs of SAMPLE_GLYPHS) expect(glyphs.length).toBeGreaterThanOrEqual(60);
  expect(new Set(SAMPLE_GLYPHS.flat()).size).toBe(SAMPLE_GLYPHS.flat().length);
});

test('every glyph is in the font: drawn in colour, and no two alike', async () => {
  await loadEmojiFont(SAMPLE_GLYPHS.flat().join(''));
  const seen = new Map<string, string>();
  for (const glyph of SAMPLE_GLYPHS.flat()) {
    const pixels = plain(glyph);
    let inked = 0;
    for (let i = 0; i < pixels.length; i += 4) {
      if (pixels[i]! + pixels[i + 1]! + pixels[i + 2]! < 740) inked++;
    }
    expect(inked, glyph).toBeGreaterThan(150);
    const key = pixels.join();
    expect(seen.get(key), `${glyph} looks like another`).toBeUndefined();
    seen.set(key, glyph);
  }
  // A missing glyph would fall back to a system font: ours must be the one that draws.
  for (const face of document.fonts)
    if (face.family.includes(EMOJI_FAMILY)) expect(face.status).not.toBe('error');
});

test('the same seed paints the same picture, another seed another', async () => {
  await loadEmojiFont('🐘');
  const paint = (seed: number) => {
    const canvas = new OffscreenCanvas(64, 64);
    drawGlyph(canvas, '🐘', createRng(seed));
    return canvas.getContext('2d')!.getImageData(0, 0, 64, 64).data.join();
  };
  expect(paint(1)).toBe(paint(1));
  expect(paint(1)).not.toBe(paint(2));
});

test('draws the whole set, one group per glyph', async () => {
  const groups = new Map<string, number>();
  let count = 0;
  for await (const { group, classIndex, bitmap } of drawSampleSet(7, never)) {
    expect(bitmap.width).toBe(SAMPLE_SIDE);
    bitmap.close();
    expect(groups.get(group) ?? classIndex).toBe(classIndex);
    groups.set(group, classIndex);
    count++;
  }
  expect(count).toBe(SAMPLE_COUNT);
  expect(groups.size).toBe(SAMPLE_GLYPHS.flat().length);
});

test('stops when told to', async () => {
  const controller = new AbortController();
  const set = drawSampleSet(7, controller.signal);
  (await set.next()).value?.bitmap.close();
  controller.abort();
  await expect(set.next()).rejects.toMatchObject({ code: 'cancelled' });
});
