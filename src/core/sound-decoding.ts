/** @file What the engine asks of a thread that can decode sounds, over a port of its own; workers cannot. */
import type { ErrorData } from './errors.ts';

/** Rate at which decoded sounds are asked for, samples a second: what sounds are kept at. */
export const DECODED_RATE = 16_000;
/** Longer sounds are refused, s. */
export const MAX_SOUND_SECONDS = 60;

export interface SoundRequest {
  readonly id: number;
  readonly file: Blob;
}

/** One channel, -1..1, at {@link DECODED_RATE}; the buffer is transferred. Or why there is none. */
export type SoundReply =
  | { readonly id: number; readonly samples: Float32Array<ArrayBuffer> }
  | { readonly id: number; readonly error: ErrorData };
