import type { TrunkInput } from '../../core/trunk-input.ts';
import { squarePixels } from '../decode/augment.ts';
import { drawThumbnail, encodeThumbnail, imageOf } from '../decode/canvas.ts';
import { checkHead, ingestFile, openFile } from '../decode/ingest.ts';
import { lookOf } from '../decode/look.ts';
import { storedPixels, withStored } from '../decode/with-stored.ts';
import type { KindAdapter } from './kind.ts';
import { otherInput } from './other-input.ts';

const NAME = /\.(?:jpe?g|jfif|png|webp|gif|avif|bmp)$|^[^.]+$/iu;

export const picture: KindAdapter = {
  isName: (name) => NAME.test(name),
  otherName: 'file-not-a-picture',
  rows: 'name-samples',
  checkHead,
  ingest: ingestFile,
  input: async (stored, input, variant) => storedPixels(stored, sizeOf(input), variant),
  async openInput(file, input) {
    const size = sizeOf(input);
    const bitmap = await openFile(file);
    try {
      return squarePixels(bitmap, size);
    } finally {
      bitmap.close();
    }
  },
  thumbnail: (stored) => withStored(stored, (bitmap) => encodeThumbnail(drawThumbnail(bitmap).canvas)),
  look: (stored) => withStored(stored, (bitmap) => lookOf(imageOf(drawThumbnail(bitmap)))),
};

function sizeOf(input: TrunkInput): number {
  if (input.kind !== 'pixels') throw otherInput('picture', input);
  return input.size;
}
