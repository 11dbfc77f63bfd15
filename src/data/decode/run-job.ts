import { drawVariant, squarePixels } from './augment.ts';
import { drawThumbnail, encodeThumbnail, imageOf, readRgb } from './canvas.ts';
import { ingestFile, openFile, storeDrawn } from './ingest.ts';
import type { DecodeKind, DecodeParams, DecodeResult } from './jobs.ts';
import { lookOf } from './look.ts';

type Runners = { readonly [K in DecodeKind]: (params: DecodeParams<K>) => Promise<DecodeResult<K>> };

/** One runner per kind of job; the worker and the in-thread pool share them. */
const RUNNERS: Runners = {
  ingest: ({ file, squareSize }) => ingestFile(file, squareSize),
  open: ({ file }) => openFile(file),
  frame: async ({ bitmap }) => {
    try {
      return await storeDrawn(bitmap);
    } finally {
      bitmap.close();
    }
  },
  thumbnail: ({ picture }) => withStored(picture, (bitmap) => encodeThumbnail(drawThumbnail(bitmap).canvas)),
  look: ({ picture }) => withStored(picture, (bitmap) => lookOf(imageOf(drawThumbnail(bitmap)))),
  pixels: ({ picture, size, variant }) =>
    withStored(picture, (bitmap) =>
      variant === undefined
        ? squarePixels(bitmap, size)
        : readRgb(drawVariant(bitmap, size, variant.augmentation, variant.seed)),
    ),
  variant: ({ picture, size, augmentation, seed }) =>
    withStored(picture, (bitmap) =>
      drawVariant(bitmap, size, augmentation, seed).canvas.transferToImageBitmap(),
    ),
};

/** @throws {EngineError} as the table of jobs says. */
export function runJob<K extends DecodeKind>(kind: K, params: DecodeParams<K>): Promise<DecodeResult<K>> {
  return RUNNERS[kind](params);
}

/** A stored picture is sRGB already: no conversion, so that every machine reads the same numbers. */
async function withStored<T>(picture: Blob, use: (bitmap: ImageBitmap) => T | Promise<T>): Promise<T> {
  const bitmap = await createImageBitmap(picture, { colorSpaceConversion: 'none' });
  try {
    return await use(bitmap);
  } finally {
    bitmap.close();
  }
}
