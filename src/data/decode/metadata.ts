/** @file What a picture file tells beside the picture: camera, time, place. It is dropped; here it is only noticed. */
import type { PictureFormat } from './picture-format.ts';

/** `place`: where it was taken (GPS). `camera`: any other EXIF or XMP. */
export type Metadata = 'none' | 'camera' | 'place';

/** Tag of the directory of positions. Source: CIPA DC-008, 4.6.3. */
const GPS_DIRECTORY = 0x8825;
const LONGEST_WALK = 10_000;

/** Metadata of a JPEG, PNG or WebP file; other formats are not looked into. */
export function metadataOf(bytes: Uint8Array, format: PictureFormat): Metadata {
  const blocks = [...blocksOf(bytes, format)];
  if (blocks.length === 0) return 'none';
  return blocks.some(hasPlace) ? 'place' : 'camera';
}

/** Blocks of EXIF (from the TIFF header on) and XMP (as text). */
function* blocksOf(bytes: Uint8Array, format: PictureFormat): Iterable<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const named = (at: number, text: string) => {
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
    return true;
  };
  let at = format === 'jpeg' ? 2 : format === 'png' ? 8 : format === 'webp' ? 12 : bytes.length;
  for (let n = 0; n < LONGEST_WALK && at + 12 <= bytes.length; n++) {
    if (format === 'jpeg') {
      // Segments up to the scan. Source: ITU-T T.81, annex B.
      const marker = bytes[at + 1] ?? 0;
      if (bytes[at] !== 0xff || marker === 0xda) return;
      const end = at + 2 + view.getUint16(at + 2);
      if (marker === 0xe1 && named(at + 4, 'Exif\0\0')) yield bytes.subarray(at + 10, end);
      else if (marker === 0xe1 && named(at + 4, 'http://ns.adobe.com/x')) yield bytes.subarray(at + 4, end);
      at = end;
    } else if (format === 'png') {
      const size = view.getUint32(at);
      if (named(at + 4, 'eXIf')) yield bytes.subarray(at + 8, at + 8 + size);
      at += 12 + size;
    } else {
      const size = view.getUint32(at + 4, true);
      const skip = named(at + 8, 'Exif\0\0') ? 6 : 0;
      if (named(at, 'EXIF') || named(at, 'XMP ')) yield bytes.subarray(at + 8 + skip, at + 8 + size);
      at += 8 + size + (size % 2);
    }
  }
}

/** Whether the first directory of an EXIF block leads to positions, or an XMP text names one. */
function hasPlace(block: Uint8Array): boolean {
  const order =
    block[0] === 0x49 && block[1] === 0x49 ? true : block[0] === 0x4d && block[1] === 0x4d ? false : null;
  if (order === null) return new TextDecoder('latin1').decode(block).includes('GPSLatitude');
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  if (view.byteLength < 8) return false;
  const directory = view.getUint32(4, order);
  if (directory + 2 > view.byteLength) return false;
  const entries = view.getUint16(directory, order);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + i * 12;
    if (entry + 12 > view.byteLength) return false;
    if (view.getUint16(entry, order) === GPS_DIRECTORY) return true;
  }
  return false;
}
