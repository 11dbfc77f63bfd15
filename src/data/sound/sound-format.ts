/** @file What a sound file is, told from its first bytes and never from its name. */
import { textAt } from '../source-bytes.ts';

/** Formats that some browser decodes. `mp4` is what M4A files are, `webm` what browsers record. */
export type SoundFormat = 'wav' | 'mp3' | 'ogg' | 'flac' | 'mp4' | 'aac' | 'aiff' | 'webm';

/** Enough of a file to tell what it is. */
export const SOUND_HEAD_BYTES = 16;

const SIGNATURES: readonly (readonly [number, string, SoundFormat])[] = [
  [8, 'WAVE', 'wav'],
  [0, 'ID3', 'mp3'],
  [0, 'OggS', 'ogg'],
  [0, 'fLaC', 'flac'],
  [4, 'ftyp', 'mp4'],
  [8, 'AIFF', 'aiff'],
  [8, 'AIFC', 'aiff'],
  [0, '\x1a\x45\xdf\xa3', 'webm'],
];

/**
 * The format by the first bytes; `null` if it is no sound. MPEG frames have no more than twelve bits of a mark, and so
 * are told by what may not follow it.
 */
export function soundFormat(head: Uint8Array): SoundFormat | null {
  const found = SIGNATURES.find(([at, mark]) => textAt(head, at, mark.length) === mark);
  if (found !== undefined) return found[2];
  const [first = 0, second = 0, third = 0] = head;
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return null;
  // ADTS: layer 0 and one of 13 rates. Source: ISO/IEC 13818-7, 6.2.
  if ((second & 0xf6) === 0xf0) return ((third >> 2) & 15) < 13 ? 'aac' : null;
  // Version 1, layer 0, rate 3 and bit rate 15 are reserved. Source: ISO/IEC 11172-3, 2.4.1.3.
  const reserved =
    ((second >> 3) & 3) === 1 || ((second >> 1) & 3) === 0 || third >> 4 === 15 || ((third >> 2) & 3) === 3;
  return reserved ? null : 'mp3';
}
