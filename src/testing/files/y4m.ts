import { concat, fourCc } from './bytes.ts';

export interface Y4mOptions {
  /** Even, px. */
  readonly width: number;
  /** Even, px. */
  readonly height: number;
  readonly framesPerSecond: number;
  /** One painter per frame: red, green, blue, 0..1. */
  readonly frames: readonly ((x: number, y: number) => readonly number[])[];
}

/** A YUV4MPEG2 video (4:2:0, full frames), the format that Chromium's fake camera plays in a loop. */
export function encodeY4m(options: Y4mOptions): Uint8Array<ArrayBuffer> {
  const { width, height, framesPerSecond, frames } = options;
  const rate = `${framesPerSecond}:1`;
  return concat([
    fourCc(`YUV4MPEG2 W${width} H${height} F${rate} Ip A1:1 C420jpeg\n`),
    ...frames.flatMap((paint) => [fourCc('FRAME\n'), yuvOf(width, height, paint)]),
  ]);
}

/** JFIF YCbCr planes; chroma is taken from the upper left pixel of each 2 x 2. */
function yuvOf(
  width: number,
  height: number,
  paint: (x: number, y: number) => readonly number[],
): Uint8Array {
  const luma = width * height;
  const planes = new Uint8ClampedArray(luma * 1.5);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [r = 0, g = 0, b = 0] = paint(x, y).map((part) => 255 * part);
      planes[y * width + x] = 0.299 * r + 0.587 * g + 0.114 * b;
      if (x % 2 || y % 2) continue;
      const at = luma + (y / 2) * (width / 2) + x / 2;
      planes[at] = 128 - 0.168736 * r - 0.331264 * g + 0.5 * b;
      planes[at + luma / 4] = 128 + 0.5 * r - 0.418688 * g - 0.081312 * b;
    }
  return new Uint8Array(planes.buffer);
}
