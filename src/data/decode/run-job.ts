import { KINDS } from '../kinds/kinds.ts';
import { drawVariant } from './augment.ts';
import { storeDrawn } from './ingest.ts';
import type { DecodeKind, DecodeParams, DecodeResult } from './jobs.ts';
import { storedPixels, withStored } from './with-stored.ts';

type Runners = { readonly [K in DecodeKind]: (params: DecodeParams<K>) => Promise<DecodeResult<K>> };

/** One runner per kind of job; the worker and the in-thread pool share them. */
const RUNNERS: Runners = {
  ingest: ({ file, kind = 'picture', squareSize }) => KINDS[kind].ingest(file, squareSize),
  frame: async ({ bitmap }) => {
    try {
      return await storeDrawn(bitmap);
    } finally {
      bitmap.close();
    }
  },
  thumbnail: ({ picture, kind = 'picture' }) => KINDS[kind].thumbnail(picture),
  look: ({ picture, kind = 'picture' }) => KINDS[kind].look(picture),
  input: ({ stored, kind, input, variant }) => KINDS[kind].input(stored, input, variant),
  'open-input': ({ file, kind, input }) => KINDS[kind].openInput(file, input),
  pixels: ({ picture, size, variant }) => storedPixels(picture, size, variant),
  variant: ({ picture, size, augmentation, seed }) =>
    withStored(picture, (bitmap) =>
      drawVariant(bitmap, size, augmentation, seed).canvas.transferToImageBitmap(),
    ),
};

/** @throws {EngineError} as the table of jobs says. */
export function runJob<K extends DecodeKind>(kind: K, params: DecodeParams<K>): Promise<DecodeResult<K>> {
  return RUNNERS[kind](params);
}
