import type { Rng } from '../../core/rng.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes that mean something in many formats. */
const STRIKING = [0, 1, 0x7f, 0x80, 0xff];

/** One small damage at a random place: what failing disks, cut downloads and attackers do. */
export function mutateBytes(file: Bytes, rng: Rng): Bytes {
  if (file.length === 0) return Uint8Array.of(rng.below(256));
  const at = rng.below(file.length);
  const copy = file.slice();
  switch (rng.below(7)) {
    case 0:
      copy[at] = (copy[at] as number) ^ (1 << rng.below(8));
      return copy;
    case 1:
      copy[at] = STRIKING[rng.below(STRIKING.length)] as number;
      return copy;
    case 2:
      return copy.subarray(0, at).slice();
    case 3:
      return joined([copy.subarray(0, at), copy.subarray(Math.min(file.length, at + 1 + rng.below(16)))]);
    case 4:
      return joined([copy.subarray(0, at), randomBytes(1 + rng.below(16), rng), copy.subarray(at)]);
    case 5: {
      // A part of the file once more, somewhere else.
      const from = rng.below(file.length);
      const part = copy.subarray(from, from + 1 + rng.below(64));
      return joined([copy.subarray(0, at), part, copy.subarray(at)]);
    }
    default:
      // A number far beyond anything that the file holds.
      copy.set(
        new Uint8Array(new Uint32Array([0xffffffff - rng.below(4)]).buffer).subarray(0, file.length - at),
        at,
      );
      return copy;
  }
}

/** Pieces in one array. */
export function joined(pieces: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function randomBytes(count: number, rng: Rng): Bytes {
  return Uint8Array.from({ length: count }, () => rng.below(256));
}
