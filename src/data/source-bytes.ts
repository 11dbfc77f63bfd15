/** @file What is asked of the bytes of a file from outside, whatever it holds. */
import { EngineError } from '../core/errors.ts';
import { MAX_SOURCE_BYTES } from './decode/jobs.ts';

/** @throws {EngineError} `file-empty`, `file-too-large`. */
export function checkBytes({ size }: Blob): void {
  if (size === 0) throw new EngineError('file-empty', 'The file has no bytes.');
  if (size > MAX_SOURCE_BYTES) throw tooLarge({ bytes: size, limitBytes: MAX_SOURCE_BYTES });
}

/** What is thrown where a file holds more than can be decoded. */
export function tooLarge(detail: Record<string, number>): EngineError {
  return new EngineError('file-too-large', 'The file is larger than a page can decode safely.', detail);
}

/** Bytes as the ASCII text that they are in a header; shorter where they end. */
export function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
