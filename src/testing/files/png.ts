import { crc32, concat, deflate, fourCc, u16, u32 } from './bytes.ts';

/** Colour types of the PNG specification, section 11.2.2. */
const COLOUR_TYPE = { grey: 0, rgb: 2, 'grey-alpha': 4, rgba: 6 } as const;
const CHANNELS = { grey: 1, rgb: 3, 'grey-alpha': 2, rgba: 4 } as const;
const SIGNATURE = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export interface PngOptions {
  readonly width: number;
  readonly height: number;
  readonly colour: keyof typeof COLOUR_TYPE;
  readonly bitDepth?: 8 | 16;
  /** One value per channel, 0..1. */
  readonly pixel: (x: number, y: number) => readonly number[];
}

/** A PNG of any colour type and of 8 or 16 bits per channel. */
export async function encodePng(options: PngOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, colour, bitDepth = 8, pixel } = options;
  const bytesPerValue = bitDepth / 8;
  const rowBytes = 1 + width * CHANNELS[colour] * bytesPerValue;
  const raw = new Uint8Array(rowBytes * height);
  const top = 2 ** bitDepth - 1;
  for (let y = 0; y < height; y++) {
    let at = y * rowBytes + 1; // the first byte of a row is its filter: 0, none
    for (let x = 0; x < width; x++) {
      for (const part of pixel(x, y)) {
        const value = Math.round(Math.min(1, Math.max(0, part)) * top);
        if (bitDepth === 16) raw[at++] = value >> 8;
        raw[at++] = value & 0xff;
      }
    }
  }
  return concat([
    SIGNATURE,
    header(width, height, bitDepth, COLOUR_TYPE[colour]),
    chunk('IDAT', await deflate(raw, 'deflate')),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** A PNG whose header claims a size and whose pixels are missing: what a reader must refuse before it allocates. */
export function pngClaiming(width: number, height: number): Uint8Array<ArrayBuffer> {
  return concat([
    SIGNATURE,
    header(width, height, 8, COLOUR_TYPE.rgba),
    chunk('IDAT', new Uint8Array([0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01])),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** A real, complete, white PNG of any size at one bit per pixel: small as a file, huge once decoded. */
export async function whitePng(width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const row = new Uint8Array(1 + Math.ceil(width / 8)).fill(0xff);
  row[0] = 0;
  const rows = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (let y = 0; y < height; y++) controller.enqueue(row);
      controller.close();
    },
  });
  const packed = await new Response(rows.pipeThrough(new CompressionStream('deflate'))).arrayBuffer();
  return concat([
    SIGNATURE,
    header(width, height, 1, COLOUR_TYPE.grey),
    chunk('IDAT', new Uint8Array(packed)),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

function header(width: number, height: number, bitDepth: number, colourType: number) {
  return chunk('IHDR', concat([u32(width), u32(height), new Uint8Array([bitDepth, colourType, 0, 0, 0])]));
}

function chunk(type: string, data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const body = concat([fourCc(type), data]);
  return concat([u32(data.length), body, u32(crc32(body))]);
}

/** An EXIF block that says how the picture was held: 1 upright, 3 upside down, 6 and 8 on its sides. */
export function exifOrientation(orientation: number): Uint8Array<ArrayBuffer> {
  return concat([
    fourCc('Exif'),
    u16(0),
    fourCc('MM\0*'),
    u32(8),
    u16(1),
    u16(0x0112),
    u16(3),
    u32(1),
    u16(orientation),
    u16(0),
    u32(0),
  ]);
}
