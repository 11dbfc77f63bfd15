/**
 * @file A baseline JPEG writer for 1 (grey), 3 (YCbCr) and 4 (CMYK) components, because no canvas writes CMYK and
 * Node has no canvas. No subsampling. Tables: ITU-T T.81, annex K.
 */
import { concat, fourCc, u16 } from './bytes.ts';
import { AC_CODES, AC_COUNTS, DC_CODES, DC_COUNTS, QUANTIZATION, ZIGZAG } from './jpeg-tables.ts';
import { exifOrientation } from './png.ts';

export interface JpegOptions {
  readonly width: number;
  readonly height: number;
  readonly colour: 'grey' | 'rgb' | 'cmyk';
  /** One value per channel, 0..1: grey; red, green, blue; or the inks cyan, magenta, yellow, black. */
  readonly pixel: (x: number, y: number) => readonly number[];
  /** EXIF orientation, 1..8; absent: no EXIF at all. */
  readonly orientation?: number;
}

const COMPONENTS = { grey: 1, rgb: 3, cmyk: 4 } as const;

/** A JPEG of quality 50 (the tables of annex K unscaled). */
export function encodeJpeg(options: JpegOptions): Uint8Array<ArrayBuffer> {
  const { width, height, colour, orientation } = options;
  const components = COMPONENTS[colour];
  const ids = Array.from({ length: components }, (_, index) => index + 1);
  return concat([
    new Uint8Array([0xff, 0xd8]),
    ...(orientation === undefined ? [] : [segment(0xe1, exifOrientation(orientation))]),
    // "Adobe", transform 0: components are inks as they are, stored inverted.
    ...(colour === 'cmyk' ? [segment(0xee, concat([fourCc('Adobe'), u16(100), u16(0), u16(0), u8(0)]))] : []),
    segment(0xdb, concat([u8(0), Uint8Array.from(ZIGZAG, (place) => QUANTIZATION[place] ?? 1)])),
    segment(
      0xc0,
      concat([u8(8), u16(height), u16(width), u8(components), ...ids.map((id) => u8(id, 0x11, 0))]),
    ),
    segment(0xc4, concat([u8(0x00), u8(...DC_COUNTS), u8(...DC_CODES)])),
    segment(0xc4, concat([u8(0x10), u8(...AC_COUNTS), u8(...AC_CODES)])),
    segment(0xda, concat([u8(components), ...ids.map((id) => u8(id, 0)), u8(0, 63, 0)])),
    scan(options, components),
    new Uint8Array([0xff, 0xd9]),
  ]);
}

const u8 = (...values: number[]) => Uint8Array.from(values);

function segment(marker: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat([u8(0xff, marker), u16(body.length + 2), body]);
}

/** Huffman codes from the counts per length and the symbols in order (T.81, annex C). */
function codeBook(counts: readonly number[], symbols: readonly number[]): Map<number, [number, number]> {
  const book = new Map<number, [number, number]>();
  let code = 0;
  let next = 0;
  counts.forEach((count, index) => {
    for (let i = 0; i < count; i++) book.set(symbols[next++] ?? 0, [code++, index + 1]);
    code <<= 1;
  });
  return book;
}

const DC_BOOK = codeBook(DC_COUNTS, DC_CODES);
const AC_BOOK = codeBook(AC_COUNTS, AC_CODES);

class BitWriter {
  readonly bytes: number[] = [];
  #buffer = 0;
  #filled = 0;

  put(value: number, length: number): void {
    for (let bit = length - 1; bit >= 0; bit--) {
      this.#buffer = (this.#buffer << 1) | ((value >> bit) & 1);
      if (++this.#filled < 8) continue;
      this.bytes.push(this.#buffer);
      if (this.#buffer === 0xff) this.bytes.push(0);
      this.#buffer = 0;
      this.#filled = 0;
    }
  }

  /** Ones to the end of the byte. */
  flush(): void {
    if (this.#filled > 0) this.put(0x7f, 8 - this.#filled);
  }
}

function scan(options: JpegOptions, components: number): Uint8Array<ArrayBuffer> {
  const { width, height } = options;
  const bits = new BitWriter();
  const previous = new Array<number>(components).fill(0);
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      const blocks = blockOf(options, left, top, components);
      blocks.forEach((block, index) => {
        const values = quantized(block);
        writeBlock(bits, values, previous[index] ?? 0);
        previous[index] = values[0] ?? 0;
      });
    }
  }
  bits.flush();
  return Uint8Array.from(bits.bytes);
}

/** Level-shifted samples of one 8 x 8 block per component; the edge is repeated outwards. */
function blockOf(options: JpegOptions, left: number, top: number, components: number): Float64Array[] {
  const blocks = Array.from({ length: components }, () => new Float64Array(64));
  for (let i = 0; i < 64; i++) {
    const x = Math.min(options.width - 1, left + (i % 8));
    const y = Math.min(options.height - 1, top + (i >> 3));
    channelsOf(options.colour, options.pixel(x, y)).forEach((value, index) => {
      const block = blocks[index];
      if (block) block[i] = value - 128;
    });
  }
  return blocks;
}

/** JFIF YCbCr for colour pictures; Adobe's inverted inks for CMYK. 0..255. */
function channelsOf(colour: JpegOptions['colour'], pixel: readonly number[]): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = pixel.map((part) => 255 * Math.min(1, Math.max(0, part)));
  switch (colour) {
    case 'grey':
      return [a];
    case 'cmyk':
      return [255 - a, 255 - b, 255 - c, 255 - d];
    case 'rgb':
      return [
        0.299 * a + 0.587 * b + 0.114 * c,
        128 - 0.168736 * a - 0.331264 * b + 0.5 * c,
        128 + 0.5 * a - 0.418688 * b - 0.081312 * c,
      ];
    default:
      return colour satisfies never;
  }
}

const COSINE = Float64Array.from({ length: 64 }, (_, i) => {
  const frequency = i >> 3;
  return (
    (frequency === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * (i % 8) + 1) * frequency * Math.PI) / 16)
  );
});

/** Forward cosine transform (separable), divided by the table, in zigzag order. */
function quantized(block: Float64Array): number[] {
  const rows = new Float64Array(64);
  const both = new Float64Array(64);
  for (let y = 0; y < 8; y++)
    for (let u = 0; u < 8; u++) {
      let sum = 0;
      for (let x = 0; x < 8; x++) sum += (block[y * 8 + x] ?? 0) * (COSINE[u * 8 + x] ?? 0);
      rows[y * 8 + u] = sum;
    }
  for (let v = 0; v < 8; v++)
    for (let u = 0; u < 8; u++) {
      let sum = 0;
      for (let y = 0; y < 8; y++) sum += (rows[y * 8 + u] ?? 0) * (COSINE[v * 8 + y] ?? 0);
      both[v * 8 + u] = sum;
    }
  return ZIGZAG.map((place) => Math.round((both[place] ?? 0) / (QUANTIZATION[place] ?? 1)));
}

const sizeOf = (value: number) => 32 - Math.clz32(Math.abs(value));
const bitsOf = (value: number, size: number) => (value < 0 ? value + (1 << size) - 1 : value);

function writeBlock(bits: BitWriter, values: readonly number[], previousDc: number): void {
  const symbol = (book: Map<number, [number, number]>, key: number) => {
    const [code, length] = book.get(key) ?? [0, 0];
    bits.put(code, length);
  };
  const difference = (values[0] ?? 0) - previousDc;
  symbol(DC_BOOK, sizeOf(difference));
  bits.put(bitsOf(difference, sizeOf(difference)), sizeOf(difference));
  let last = 63;
  while (last > 0 && values[last] === 0) last--;
  let zeros = 0;
  for (let i = 1; i <= last; i++) {
    const value = values[i] ?? 0;
    if (value === 0) {
      zeros++;
      continue;
    }
    for (; zeros >= 16; zeros -= 16) symbol(AC_BOOK, 0xf0);
    symbol(AC_BOOK, (zeros << 4) | sizeOf(value));
    bits.put(bitsOf(value, sizeOf(value)), sizeOf(value));
    zeros = 0;
  }
  if (last < 63) symbol(AC_BOOK, 0x00);
}
