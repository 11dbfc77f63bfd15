/** @file JPEG as a list of segments: enough to tell a cut file, its orientation, and to drop its metadata. */

/** What the markers of a JPEG say. Source: ITU-T T.81, annex B. */
export interface JpegStructure {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 colour, 4 CMYK or YCCK. */
  readonly components: number;
  /** EXIF orientation, 1 to 8. */
  readonly orientation: number;
  /** Has an embedded colour profile, without which its colours would change. */
  readonly hasProfile: boolean;
  /** Every segment in order, with the coded data that follow a scan header; ends before the end marker. */
  readonly segments: readonly { readonly marker: number; readonly start: number; readonly end: number }[];
  /** The end marker was reached. False: cut short. */
  readonly complete: boolean;
}

const START_OF_IMAGE = 0xd8;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
const APP15 = 0xef;
const COMMENT = 0xfe;
/** A JFIF header without thumbnail: its fields and nothing else. */
const PLAIN_JFIF_BYTES = 16;

/** Walks all markers. `null` if the bytes are no JPEG with a frame header (it may lie beyond a prefix). */
export function readJpeg(bytes: Uint8Array): JpegStructure | null {
  if (bytes[0] !== 0xff || bytes[1] !== START_OF_IMAGE) return null;
  const segments: { marker: number; start: number; end: number }[] = [];
  let frame: { width: number; height: number; components: number } | null = null;
  let orientation = 1;
  let hasProfile = false;
  let complete = false;
  let at = 2;
  while (at + 1 < bytes.length) {
    const start = at;
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
    if (bytes[at] !== 0xff) break;
    const marker = bytes[at + 1] ?? 0;
    at += 2;
    if (marker === END_OF_IMAGE) {
      complete = true;
      break;
    }
    if (isStandalone(marker)) continue;
    const length = uint16(bytes, at);
    if (length < 2 || at + length > bytes.length) break;
    const body = bytes.subarray(at + 2, at + length);
    at += length;
    if (isFrameHeader(marker)) {
      frame = { height: uint16(body, 1), width: uint16(body, 3), components: body[5] ?? 0 };
    } else if (marker === APP1) orientation = readOrientation(body) ?? orientation;
    else if (marker === APP2 && startsWith(body, 'ICC_PROFILE')) hasProfile = true;
    else if (marker === START_OF_SCAN) at = endOfScan(bytes, at);
    segments.push({ marker, start, end: at });
  }
  return frame === null ? null : { ...frame, orientation, hasProfile, segments, complete };
}

/** The same coded picture without comments, EXIF, XMP, profile, embedded thumbnails and bytes after the end. */
export function stripJpeg(bytes: Uint8Array, { segments }: JpegStructure): Uint8Array<ArrayBuffer> {
  const kept = segments.filter(({ marker, start, end }) => {
    if (marker === APP0) return end - start === PLAIN_JFIF_BYTES + 2;
    return marker === APP14 || marker < APP0 || (marker > APP15 && marker !== COMMENT);
  });
  const size = kept.reduce((sum, { start, end }) => sum + end - start, 4);
  const stripped = new Uint8Array(size);
  stripped.set([0xff, START_OF_IMAGE]);
  let at = 2;
  for (const { start, end } of kept) {
    stripped.set(bytes.subarray(start, end), at);
    at += end - start;
  }
  stripped.set([0xff, END_OF_IMAGE], at);
  return stripped;
}

/** Coded data run to the next marker that is neither a stuffed zero nor a restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (at !== -1 && at + 1 < bytes.length) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
    at = bytes.indexOf(0xff, at + (next === 0xff ? 1 : 2));
  }
  return bytes.length;
}

function isStandalone(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= START_OF_IMAGE);
}

/** SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC). */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Tag 0x0112 of the first directory of an EXIF block. Source: CIPA DC-008, 4.6.4. */
function readOrientation(body: Uint8Array): number | null {
  if (!startsWith(body, 'Exif\0\0')) return null;
  const tiff = new DataView(body.buffer, body.byteOffset + 6, body.byteLength - 6);
  if (tiff.byteLength < 8) return null;
  const little = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, little);
  if (directory + 2 > tiff.byteLength) return null;
  const entries = tiff.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + i * 12;
    if (entry + 12 > tiff.byteLength) return null;
    if (tiff.getUint16(entry, little) !== 0x0112) continue;
    const value = tiff.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : null;
  }
  return null;
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
}
