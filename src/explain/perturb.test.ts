import { expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import {
  blurred,
  brightened,
  contrasted,
  covered,
  croppedIn,
  middleBox,
  mirrored,
  noisy,
  transplanted,
  turned,
} from './perturb.ts';

const SIZE = 6;
const PIXELS = Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, at) => {
  const [channel, x, y] = [at % 3, Math.floor(at / 3) % SIZE, Math.floor(at / 3 / SIZE)];
  return (37 * y + 91 * x + 53 * channel + 11 * x * y) % 256;
});
const PICTURE = { pixels: PIXELS, size: SIZE };

/**
 * Of SciPy 1.17.1, channel by channel, rounded: `gaussian_filter(a, 0.15 * 6, mode='nearest')`,
 * `rotate(a, 20, reshape=False, order=1, mode='nearest')`, and
 * `affine_transform(a, 0.6 * eye(2), offset=2.5 - 0.6 * 2.5, order=1, mode='nearest')`.
 */
const SCIPY = {
  blur: [
    41, 92, 136, 98, 136, 140, 125, 150, 114, 103, 141, 123, 115, 166, 131, 145, 197, 102, 68, 114, 150, 118,
    139, 145, 138, 136, 123, 119, 140, 117, 112, 156, 121, 112, 157, 129, 100, 136, 161, 132, 141, 135, 135,
    131, 119, 125, 131, 108, 113, 132, 123, 118, 124, 149, 124, 149, 177, 136, 130, 136, 135, 124, 118, 131,
    120, 112, 125, 118, 123, 136, 102, 136, 135, 170, 165, 126, 132, 134, 130, 122, 113, 120, 124, 118, 112,
    130, 126, 117, 124, 149, 149, 193, 110, 131, 135, 122, 139, 105, 121, 111, 115, 138, 87, 128, 152, 107,
    153, 191,
  ],
  rotation: [
    92, 145, 196, 177, 230, 41, 36, 89, 113, 118, 171, 156, 107, 160, 107, 36, 89, 142, 71, 124, 177, 177,
    141, 129, 152, 98, 141, 124, 177, 104, 86, 139, 134, 122, 175, 228, 77, 130, 168, 157, 178, 133, 87, 111,
    120, 151, 160, 37, 68, 109, 162, 208, 35, 88, 78, 131, 184, 199, 145, 70, 110, 134, 180, 183, 60, 106,
    135, 153, 115, 109, 131, 116, 113, 166, 219, 141, 105, 158, 115, 136, 91, 112, 154, 79, 83, 136, 130, 70,
    123, 136, 148, 201, 254, 133, 186, 173, 84, 107, 146, 208, 35, 88, 105, 158, 211, 2, 55, 108,
  ],
  crop: [
    139, 192, 245, 200, 100, 153, 210, 58, 111, 118, 120, 173, 128, 181, 131, 189, 242, 39, 168, 221, 120,
    141, 132, 124, 124, 95, 117, 128, 160, 90, 111, 164, 84, 84, 137, 88, 197, 198, 47, 112, 145, 116, 79,
    122, 134, 148, 160, 49, 115, 137, 67, 30, 83, 136, 225, 74, 75, 145, 116, 148, 116, 128, 170, 189, 78, 90,
    159, 89, 112, 79, 132, 185, 152, 51, 104, 137, 128, 120, 132, 154, 125, 147, 78, 110, 143, 103, 115, 127,
    180, 131, 27, 80, 133, 108, 161, 60, 138, 191, 39, 65, 118, 120, 95, 148, 99, 176, 229, 26,
  ],
};

test.each([
  ['blur', () => blurred(PICTURE, 0.15)],
  ['rotation', () => turned(PICTURE, 20)],
  ['crop', () => croppedIn(PICTURE, 0.4)],
] as const)('%s gives the pixels of SciPy', (name, change) => {
  const found = change();
  const off = SCIPY[name].map((value, at) => Math.abs(value - (found[at] ?? NaN)));
  // One step of rounding.
  expect(Math.max(...off)).toBeLessThanOrEqual(1);
});

test('strength 0 changes nothing', () => {
  for (const same of [
    brightened(PICTURE, 0),
    contrasted(PICTURE, 0),
    croppedIn(PICTURE, 0),
    turned(PICTURE, 0),
  ])
    expect(same).toEqual(PIXELS);
});

test('light, contrast and noise move values as they say, within the range', () => {
  expect([...brightened({ pixels: Uint8Array.from([0, 100, 200]), size: 1 }, 0.5)]).toEqual([0, 150, 255]);
  expect([...contrasted({ pixels: Uint8Array.from([0, 100, 200]), size: 1 }, -0.5)]).toEqual([50, 100, 150]);
  const grey = { pixels: new Uint8Array(30_000).fill(128), size: 100 };
  const values = noisy(grey, 0.1, createRng(1));
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length;
  expect(mean).toBeCloseTo(128, 0);
  expect(Math.sqrt(variance)).toBeCloseTo(25.5, 0);
});

test('mirroring twice is nothing; covering and transplanting touch only their part', () => {
  expect(mirrored({ ...PICTURE, pixels: mirrored(PICTURE) })).toEqual(PIXELS);
  expect(mirrored(PICTURE)).not.toEqual(PIXELS);
  const box = middleBox(SIZE, 0.7);
  expect(box).toEqual({ left: 1, top: 1, right: 5, bottom: 5 });
  const donor = new Uint8Array(PIXELS.length).fill(7);
  for (const changed of [covered(PICTURE, box), transplanted(PICTURE, donor, box)]) {
    const moved = [...changed].flatMap((value, at) => (value === PIXELS[at] ? [] : [Math.floor(at / 3)]));
    const inside = moved.every((at) => {
      const [x, y] = [at % SIZE, Math.floor(at / SIZE)];
      return x >= 1 && x < 5 && y >= 1 && y < 5;
    });
    expect(inside).toBe(true);
    expect(new Set(moved).size).toBe(16);
  }
  expect(transplanted(PICTURE, donor, box)[(SIZE + 1) * 3]).toBe(7);
});
