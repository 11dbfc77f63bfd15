import { concat, fourCc, u16le, u32, u32le } from './bytes.ts';

/** An animated GIF: each frame is one flat colour, 0..255 per channel. */
export function encodeGif(
  width: number,
  height: number,
  frames: readonly (readonly [number, number, number])[],
): Uint8Array<ArrayBuffer> {
  const palette = new Uint8Array(3 * 256);
  frames.forEach((colour, index) => palette.set(colour, 3 * index));
  return concat([
    fourCc('GIF89a'),
    u16le(width),
    u16le(height),
    new Uint8Array([0xf7, 0, 0]), // a global palette of 256 colours
    palette,
    fourCc('\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0'), // repeat for ever
    ...frames.flatMap((_, index) => [
      new Uint8Array([0x21, 0xf9, 4, 0, 10, 0, 0, 0]), // shown for 0.1 s
      new Uint8Array([0x2c, 0, 0, 0, 0]),
      u16le(width),
      u16le(height),
      new Uint8Array([0, 8]),
      gifBlocks(new Uint8Array(width * height).fill(index)),
    ]),
    new Uint8Array([0x3b]),
  ]);
}

/** LZW without compression: a clear code often enough that codes stay 9 bits wide. */
function gifBlocks(indices: Uint8Array): Uint8Array<ArrayBuffer> {
  const codes: number[] = [];
  indices.forEach((value, at) => {
    if (at % 200 === 0) codes.push(256);
    codes.push(value);
  });
  codes.push(257);
  const packed = new Uint8Array(Math.ceil((codes.length * 9) / 8));
  codes.forEach((code, index) => {
    for (let bit = 0; bit < 9; bit++) {
      const at = index * 9 + bit;
      if ((code >> bit) & 1) packed[at >> 3] = (packed[at >> 3] ?? 0) | (1 << (at & 7));
    }
  });
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < packed.length; at += 255) {
    const part = packed.subarray(at, at + 255);
    blocks.push(new Uint8Array([part.length]), part);
  }
  return concat([...blocks, new Uint8Array([0])]);
}

/** A 24-bit BMP. `pixel` gives red, green, blue, 0..1. */
export function encodeBmp(
  width: number,
  height: number,
  pixel: (x: number, y: number) => readonly number[],
): Uint8Array<ArrayBuffer> {
  const rowBytes = Math.ceil((width * 3) / 4) * 4;
  const pixels = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [red = 0, green = 0, blue = 0] = pixel(x, y);
      const bgr = [blue, green, red].map((part) => Math.round(255 * part));
      pixels.set(bgr, (height - 1 - y) * rowBytes + x * 3); // rows from the bottom up
    }
  return concat([
    fourCc('BM'),
    u32le(54 + pixels.length),
    u32le(0),
    u32le(54),
    u32le(40),
    u32le(width),
    u32le(height),
    u16le(1),
    u16le(24),
    u32le(0),
    u32le(pixels.length),
    u32le(2835),
    u32le(2835),
    u32le(0),
    u32le(0),
    pixels,
  ]);
}

/** What an iPhone's HEIC starts with. No browser but Safari reads it, so nothing follows that could be decoded. */
export function heicHeader(): Uint8Array<ArrayBuffer> {
  return concat([
    u32(24),
    fourCc('ftypheic'),
    u32(0),
    fourCc('mif1heic'),
    u32(16),
    fourCc('meta'),
    u32(0),
    u32(0),
  ]);
}

const fromBase64 = (text: string) => fourCc(atob(text));

/** 8 x 6, left half red (200, 40, 40), right half blue (40, 60, 200). Written by libavif. */
export function tinyAvif(): Uint8Array<ArrayBuffer> {
  return fromBase64(
    'AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAAAAAAAOcGl0' +
      'bQAAAAAAAQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAETAAAAKQAAAChpaW5mAAAAAAABAAAAGmluZmUCAAAAAAEAAGF2MDFDb2xvcgAAAABqaXBycAAA' +
      'AEtpcGNvAAAAFGlzcGUAAAAAAAAACAAAAAYAAAAQcGl4aQAAAAADCAgIAAAADGF2MUOBAAwAAAAAE2NvbHJuY2x4AAEADQAGgAAAABdpcG1hAAAAAAAA' +
      'AAEAAQQBAoMEAAAAMW1kYXQSAAoFGAi9YEIyHhNAAggghABBwb2c2sqF47oou+Jh004+H7vnmBLepg==',
  );
}

/** The same picture as {@link tinyAvif}, lossless. Written by libwebp. */
export function tinyWebp(): Uint8Array<ArrayBuffer> {
  return fromBase64('UklGRigAAABXRUJQVlA4TBsAAAAvB0ABAA9wCpSDIR8FdP5jCQBB/N96MBHR/xAA');
}
