import { EngineError } from '../../core/errors.ts';
import { sha256 } from '../../core/hash.ts';
import type { TrunkInput } from '../../core/trunk-input.ts';
import { LOOK_SIDE, type PictureLook } from '../decode/look.ts';
import { sniff } from '../decode/picture-format.ts';
import { readHead } from '../read-head.ts';
import { soundFormat, SOUND_HEAD_BYTES } from '../sound/sound-format.ts';
import { checkBytes, tooLarge } from '../source-bytes.ts';
import { detectEncoding } from '../tables/text-encoding.ts';
import { piecesRead, rowOf } from '../text/pieces-read.ts';
import type { KindAdapter } from './kind.ts';

/** A text is a few sentences; a book is refused, and is better cut. */
const LONGEST_BYTES = 4_000_000;
/** Characters of a text that are shown in a list. */
const EXCERPT = 240;
/** A text has no size; lists give it the room of a small picture. */
const TILE = { width: 128, height: 96 };

/** Texts are kept as UTF-8, without white space around them. */
export const text: KindAdapter = {
  isName: (name) => /\.(?:txt|text|md)$/iu.test(name),
  otherName: 'file-not-a-text',
  rows: 'are-samples',
  async checkHead(file) {
    if (file.size === 0) throw noCharacters();
    checkBytes(file);
    const head = await readHead(file, SOUND_HEAD_BYTES);
    if (sniff(head) !== 'unknown' || soundFormat(head) !== null) throw noText();
  },
  async ingest(file) {
    await this.checkHead(file);
    const given = new Uint8Array(await file.arrayBuffer());
    const content = textOf(given);
    const bytes = new TextEncoder().encode(content);
    const contentHash = await sha256(bytes);
    return {
      bytes,
      ...TILE,
      look: lookOf(),
      thumbnail: excerptOf(content),
      contentHash,
      // The same words in another encoding are the same text.
      sourceHash: contentHash,
      firstFrameOnly: false,
      metadata: 'none',
    };
  },
  async input(stored, input) {
    return piecesOf(await stored.text(), input);
  },
  async openInput(file, input) {
    await this.checkHead(file);
    return piecesOf(textOf(new Uint8Array(await file.arrayBuffer())), input);
  },
  thumbnail: async (stored) => excerptOf(await stored.text()),
  look: () => Promise.resolve(lookOf()),
};

function noCharacters(): EngineError {
  return new EngineError('text-empty', 'There are no characters in the text.');
}

function noText(): EngineError {
  return new EngineError('file-not-a-text', 'The content is no text.');
}

/** What a file says. @throws {EngineError} `file-not-a-text`, `text-empty`, `file-too-large`. */
export function textOf(bytes: Uint8Array<ArrayBuffer>): string {
  if (bytes.length > LONGEST_BYTES) throw tooLarge({ bytes: bytes.length, limitBytes: LONGEST_BYTES });
  const content = new TextDecoder(encodingOf(bytes)).decode(bytes).replace(/\r\n?/gu, '\n').trim();
  if (content === '') throw noCharacters();
  return content;
}

function encodingOf(bytes: Uint8Array): string {
  try {
    return detectEncoding(bytes);
  } catch (cause) {
    if (cause instanceof EngineError && cause.code === 'table-binary') throw noText();
    throw cause;
  }
}

function piecesOf(content: string, input: TrunkInput): Float32Array<ArrayBuffer> {
  return rowOf(piecesRead(content, input), input);
}

function excerptOf(content: string): Blob {
  const excerpt = Array.from(content.slice(0, 2 * EXCERPT))
    .slice(0, EXCERPT)
    .join('');
  return new Blob([excerpt.length < content.length ? `${excerpt}…` : excerpt], { type: 'text/plain' });
}

/** Texts have no look: nobody asks for copies, blur or darkness among them by it. */
function lookOf(): PictureLook {
  return { tiny: new Uint8Array(LOOK_SIDE * LOOK_SIDE), brightness: 0.5, sharpness: 0 };
}
