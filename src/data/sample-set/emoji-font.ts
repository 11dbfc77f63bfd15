/**
 * @file The bundled emoji font, cut into files by code-point range; only the files that the glyphs need are loaded.
 * The .woff files, because they carry both COLRv1 (Chromium, Firefox) and SVG (Safari) glyphs; the smaller .woff2
 * files of this package version carry SVG only, which Chromium draws as nothing.
 */
import subset3 from '@fontsource/noto-color-emoji/files/noto-color-emoji-3-400-normal.woff?url';
import subset4 from '@fontsource/noto-color-emoji/files/noto-color-emoji-4-400-normal.woff?url';
import subset5 from '@fontsource/noto-color-emoji/files/noto-color-emoji-5-400-normal.woff?url';
import subset6 from '@fontsource/noto-color-emoji/files/noto-color-emoji-6-400-normal.woff?url';
import subset7 from '@fontsource/noto-color-emoji/files/noto-color-emoji-7-400-normal.woff?url';
import subset9 from '@fontsource/noto-color-emoji/files/noto-color-emoji-9-400-normal.woff?url';
import ranges from '@fontsource/noto-color-emoji/unicode.json';
import { EngineError } from '../../core/errors.ts';

export const EMOJI_FAMILY = 'Graft Emoji';

const SUBSETS: readonly [url: string, range: string][] = [
  [subset3, ranges['[3]']],
  [subset4, ranges['[4]']],
  [subset5, ranges['[5]']],
  [subset6, ranges['[6]']],
  [subset7, ranges['[7]']],
  [subset9, ranges['[9]']],
];

/**
 * Makes {@link EMOJI_FAMILY} usable on canvases of this thread for the given text.
 * @throws {EngineError} `weights-fetch` if a font file cannot be loaded.
 */
export async function loadEmojiFont(text: string): Promise<void> {
  const fonts = fontSet();
  if (![...fonts].some((face) => face.family.includes(EMOJI_FAMILY))) {
    for (const [url, unicodeRange] of SUBSETS) {
      const absolute = new URL(url, globalThis.location.href).href;
      fonts.add(new FontFace(EMOJI_FAMILY, `url(${absolute}) format('woff')`, { unicodeRange }));
    }
  }
  try {
    await fonts.load(`64px "${EMOJI_FAMILY}"`, text);
  } catch (cause) {
    throw new EngineError(
      'weights-fetch',
      'The emoji font of the sample set could not be loaded.',
      {},
      { cause },
    );
  }
}

/** The fonts of this thread: a worker keeps them on its global scope, a page on its document. */
function fontSet(): FontFaceSet {
  const scope: { fonts?: FontFaceSet; document?: { fonts?: FontFaceSet } } = globalThis;
  const fonts = scope.fonts ?? scope.document?.fonts;
  if (!fonts) throw new EngineError('internal', 'This browser cannot load fonts in a worker.');
  return fonts;
}
