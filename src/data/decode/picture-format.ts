/** @file What a file is, told from its bytes and never from its name. */
import { imageSize } from 'image-size';
import { textAt } from '../source-bytes.ts';
import { readJpeg } from './jpeg.ts';

/** Formats that are read. */
export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'bmp';

/** What the first bytes say. `other-picture` and `other-archive` are known, but not read here. */
export type FileKind = PictureFormat | 'heic' | 'zip' | 'other-picture' | 'other-archive' | 'unknown';

/** Enough of a file to tell what it is. */
export const SNIFF_BYTES = 4_096;

/** What the header says; sizes as stored, before any orientation. */
export interface PictureHeader {
  readonly width: number;
  readonly height: number;
}

const HEIF_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']);

/** Signatures at the start of a file, as characters (each one byte). */
const SIGNATURES: readonly (readonly [string, FileKind])[] = [
  ['\xff\xd8\xff', 'jpeg'],
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['GIF87a', 'gif'],
  ['GIF89a', 'gif'],
  ['PK\x03\x04', 'zip'],
  ['PK\x05\x06', 'zip'],
  ['II*\0', 'other-picture'],
  ['MM\0*', 'other-picture'],
  ['8BPS', 'other-picture'],
  ['\xff\x0a', 'other-picture'],
  ['\0\0\0\x0cJXL ', 'other-picture'],
  ['\0\0\x01\0', 'other-picture'],
  ['Rar!', 'other-archive'],
  ['7z\xbc\xaf\x27\x1c', 'other-archive'],
  ['\x1f\x8b', 'other-archive'],
];

/** The kind of a file by its first bytes ({@link SNIFF_BYTES} are plenty). */
export function sniff(head: Uint8Array): FileKind {
  const found = SIGNATURES.find(([signature]) => textAt(head, 0, signature.length) === signature);
  if (found !== undefined) return found[1];
  if (textAt(head, 0, 4) === 'RIFF' && textAt(head, 8, 4) === 'WEBP') return 'webp';
  if (textAt(head, 4, 4) === 'ftyp') return isoKind(head);
  if (textAt(head, 0, 2) === 'BM' && isBmpHeader(head)) return 'bmp';
  const text = textAt(head, 0, 1_000).trimStart().toLowerCase();
  if (text.startsWith('<svg') || (text.startsWith('<?xml') && text.includes('<svg'))) return 'other-picture';
  return 'unknown';
}

/** Whether pictures of this kind are read. */
export function isReadable(kind: FileKind): kind is PictureFormat {
  return ['jpeg', 'png', 'webp', 'gif', 'avif', 'bmp'].includes(kind);
}

/** The size in the header; `null` if it cannot be read (damaged, or beyond a prefix). */
export function readHeader(bytes: Uint8Array, format: PictureFormat): PictureHeader | null {
  if (format === 'jpeg') return readJpeg(bytes);
  if (format === 'avif') return largestIsoImage(bytes);
  try {
    const { width, height } = imageSize(bytes);
    return { width, height };
  } catch {
    return null; // image-size throws plain errors on bytes that it cannot follow
  }
}

/** Whether the file ends before its format says so: browsers fill what is missing with grey and say nothing. */
export function isTruncated(bytes: Uint8Array, format: PictureFormat): boolean {
  switch (format) {
    case 'jpeg':
      return readJpeg(bytes)?.complete !== true;
    case 'png':
      return !readPng(bytes).complete;
    case 'gif':
      return readGif(bytes).frames === 0;
    case 'webp':
      return uint32(bytes, 4, true) + 8 > bytes.length;
    case 'bmp':
      return bmpBytes(bytes) > bytes.length;
    case 'avif':
      return !isoBoxesFit(bytes);
    default:
      return format satisfies never;
  }
}

/** Whether there is more than one frame. */
export function isAnimated(bytes: Uint8Array, format: PictureFormat): boolean {
  if (format === 'gif') return readGif(bytes).frames > 1;
  if (format === 'png') return readPng(bytes).animated;
  if (format === 'webp') return textAt(bytes, 12, 4) === 'VP8X' && ((bytes[20] ?? 0) & 0x02) !== 0;
  return format === 'avif' && textAt(bytes, 8, 4) === 'avis';
}

/** Chunks: length, type, data, checksum. Source: PNG specification, third edition, 5.3. */
function readPng(bytes: Uint8Array): { complete: boolean; animated: boolean } {
  let animated = false;
  for (let at = 8; at + 12 <= bytes.length;) {
    const type = textAt(bytes, at + 4, 4);
    if (type === 'acTL') animated = true;
    at += 12 + uint32(bytes, at, false);
    if (type === 'IEND') return { complete: at <= bytes.length, animated };
  }
  return { complete: false, animated };
}

/** Counts whole frames (two are enough to know). Source: GIF89a specification, 18 to 27. */
function readGif(bytes: Uint8Array): { frames: number } {
  const colourTable = (flags: number) => ((flags & 0x80) !== 0 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let at = 13 + colourTable(bytes[10] ?? 0);
  let frames = 0;
  while (at < bytes.length && frames < 2) {
    const kind = bytes[at];
    if (kind === 0x2c) at += 11 + colourTable(bytes[at + 9] ?? 0);
    else if (kind === 0x21) at += 2;
    else break;
    while (at < bytes.length && bytes[at] !== 0) at += (bytes[at] ?? 0) + 1;
    if (at >= bytes.length) break;
    at++;
    if (kind === 0x2c) frames++;
  }
  return { frames };
}

function isBmpHeader(head: Uint8Array): boolean {
  const headerBytes = uint32(head, 14, true);
  return headerBytes >= 12 && headerBytes <= 124;
}

/** Bytes that an uncompressed BMP must have; for compressed ones what the header declares. */
function bmpBytes(bytes: Uint8Array): number {
  if (uint32(bytes, 14, true) < 40) return 0;
  const width = uint32(bytes, 18, true);
  const height = Math.abs(uint32(bytes, 22, true) | 0);
  const bitsPerPixel = (bytes[28] ?? 0) | ((bytes[29] ?? 0) << 8);
  const compression = uint32(bytes, 30, true);
  const isPlain = compression === 0 || compression === 3;
  if (!isPlain) return uint32(bytes, 2, true);
  return uint32(bytes, 10, true) + Math.ceil((width * bitsPerPixel) / 32) * 4 * height;
}

/** AVIF or HEIC, by any of the brands of the `ftyp` box. Source: ISO/IEC 14496-12, 4.3. */
function isoKind(head: Uint8Array): FileKind {
  const end = Math.min(uint32(head, 0, false), head.length, 256);
  const brands: string[] = [];
  for (let at = 8; at + 4 <= end; at += at === 8 ? 8 : 4) brands.push(textAt(head, at, 4));
  if (brands.includes('avif') || brands.includes('avis')) return 'avif';
  return brands.some((brand) => HEIF_BRANDS.has(brand)) ? 'heic' : 'unknown';
}

/** The largest `ispe` property: of a picture made of tiles, the whole is the largest. */
function largestIsoImage(bytes: Uint8Array): PictureHeader | null {
  let largest: PictureHeader | null = null;
  const end = Math.min(bytes.length - 16, 65_536);
  for (let at = bytes.indexOf(0x69); at !== -1 && at < end; at = bytes.indexOf(0x69, at + 1)) {
    if (textAt(bytes, at, 4) !== 'ispe') continue;
    const found = { width: uint32(bytes, at + 8, false), height: uint32(bytes, at + 12, false) };
    if (largest === null || found.width * found.height > largest.width * largest.height) largest = found;
  }
  return largest;
}

function isoBoxesFit(bytes: Uint8Array): boolean {
  let at = 0;
  while (at + 8 <= bytes.length) {
    const size = uint32(bytes, at, false);
    if (size === 0) return true; // runs to the end of the file
    at +=
      size === 1 ? uint32(bytes, at + 8, false) * 2 ** 32 + uint32(bytes, at + 12, false) : Math.max(size, 8);
  }
  return at === bytes.length;
}

function uint32(bytes: Uint8Array, at: number, littleEndian: boolean): number {
  if (at + 4 > bytes.length) return 0;
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, littleEndian);
}
