/** @file Bytes of a table to text: which encoding people's programs wrote, told by the bytes themselves. */
import { EngineError } from '../../core/errors.ts';

/** Labels of the Encoding Standard (https://encoding.spec.whatwg.org/#names-and-labels). */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030' | 'windows-1252';

/** From this share of bytes on that pair up as in Chinese text, it is taken for that. */
const PAIRED = 0.8;
/** Share of zeros at one parity that only UTF-16 has. */
const UTF16_ZEROS = 0.3;

/**
 * The encoding of a text by its first bytes: a byte order mark; zeros at every other byte (UTF-16); valid UTF-8; bytes
 * above ASCII mostly in pairs (GB 18030); else Windows-1252, the superset of Latin-1 that the Encoding Standard reads
 * Latin-1 as.
 * @throws {EngineError} `table-binary` if there are zeros that no encoding explains.
 */
export function detectEncoding(head: Uint8Array): TextEncoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const zeros = [0, 0];
  for (const [i, byte] of head.entries()) if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (even + odd > 0) {
    const half = head.length / 2;
    if (odd > UTF16_ZEROS * half && even === 0) return 'utf-16le';
    if (even > UTF16_ZEROS * half && odd === 0) return 'utf-16be';
    throw new EngineError('table-binary', 'There are NUL bytes in it: this is no text.');
  }
  if (isUtf8(head)) return 'utf-8';
  return isPaired(head) ? 'gb18030' : 'windows-1252';
}

/** The text of a file, chunk by chunk, without a byte order mark. @throws {EngineError} `table-binary`. */
export async function* readText(file: Blob, encoding: TextEncoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  const reader = file.stream().getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      const text = decoder.decode(value, { stream: !done });
      if (text.includes('\0')) throw new EngineError('table-binary', 'There are NUL bytes in it.');
      if (text !== '') yield text;
      if (done) return;
    }
  } finally {
    await reader.cancel();
  }
}

function isUtf8(head: Uint8Array): boolean {
  try {
    // The last character may be cut by the end of the head.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether bytes above ASCII come in runs of even length. A Chinese character of GB 2312 is two such bytes; letters with
 * accents stand alone among plain ones.
 */
function isPaired(head: Uint8Array): boolean {
  let inPairs = 0;
  let all = 0;
  for (let at = 0; at < head.length;) {
    let end = at;
    while ((head[end] ?? 0) >= 0x80) end++;
    all += end - at;
    if ((end - at) % 2 === 0) inPairs += end - at;
    at = Math.max(end, at + 1);
  }
  return all > 0 && inPairs >= PAIRED * all;
}
