/** @file Pictures that a small network can tell apart: one coloured pattern per class, on noise. */
import { createRng } from '../../core/rng.ts';
import { encodeJpeg } from './jpeg.ts';

/** Looks of the classes, in order; beyond these, the same again in other colours. */
export const PATTERNS = ['stripes', 'dots', 'checks', 'rings'] as const;

const COLOURS: readonly (readonly [number, number, number])[] = [
  [0.9, 0.2, 0.15],
  [0.15, 0.45, 0.9],
  [0.2, 0.75, 0.3],
  [0.95, 0.8, 0.15],
  [0.7, 0.25, 0.8],
];

/** The pixels of one picture: same class and seed, same picture. Values 0..1. */
export function patternPixel(
  classIndex: number,
  seed: number,
): (x: number, y: number) => readonly [number, number, number] {
  const rng = createRng(seed * 7919 + classIndex * 104_729 + 1);
  const pattern = PATTERNS[classIndex % PATTERNS.length] ?? 'stripes';
  const base = COLOURS[(classIndex + Math.floor(classIndex / PATTERNS.length)) % COLOURS.length] ?? [1, 1, 1];
  const ink = base.map((part) => part + 0.12 * (rng.next() - 0.5));
  const paper = 0.35 + 0.4 * rng.next();
  const period = 14 + 14 * rng.next();
  const angle = Math.PI * rng.next();
  const [shiftX, shiftY] = [60 * rng.next(), 60 * rng.next()];
  return (x, y) => {
    const u = (x * Math.cos(angle) + y * Math.sin(angle) + shiftX) / period;
    const v = (y * Math.cos(angle) - x * Math.sin(angle) + shiftY) / period;
    const on = isInk(pattern, u, v);
    const noise = 0.16 * (rng.next() - 0.5);
    const [red = 0, green = 0, blue = 0] = on ? ink : [paper, paper, paper];
    return [red + noise, green + noise, blue + noise];
  };
}

function isInk(pattern: (typeof PATTERNS)[number], u: number, v: number): boolean {
  const du = u - Math.round(u);
  const dv = v - Math.round(v);
  switch (pattern) {
    case 'stripes':
      return du > 0;
    case 'dots':
      return du * du + dv * dv < 0.1;
    case 'checks':
      return du * dv > 0;
    case 'rings':
      return Math.hypot(u - 3, v - 3) % 1 > 0.5;
    default:
      return pattern satisfies never;
  }
}

/** One learnable picture as a JPEG file. */
export function patternJpeg(
  classIndex: number,
  seed: number,
  size: { readonly width: number; readonly height: number } = { width: 96, height: 96 },
): Uint8Array<ArrayBuffer> {
  return encodeJpeg({ ...size, colour: 'rgb', pixel: patternPixel(classIndex, seed) });
}
