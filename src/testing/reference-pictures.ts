import * as tf from '@tensorflow/tfjs-core';

/** Pictures that a formula draws, so that another program can draw the same: `[B, side, side, 3]`, 0..255. */
export function referencePictures(count: number, side = 224): tf.Tensor4D {
  const data = Float32Array.from({ length: count * side * side * 3 }, (_, i) => {
    const c = i % 3;
    const x = Math.floor(i / 3) % side;
    const y = Math.floor(i / 3 / side) % side;
    const b = Math.floor(i / 3 / side / side);
    return (3 * y + 2 * x + 50 * c + 40 * b + ((x * y) % 64)) % 256;
  });
  return tf.tensor4d(data, [count, side, side, 3]);
}

/** In double precision: the sums of some back-ends are not good to 1e-4 over half a million values. */
export function normOf(values: Float32Array | Int32Array | Uint8Array): number {
  return Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));
}

export function relativeDifference(actual: number, expected: number): number {
  return Math.abs(actual - expected) / Math.max(1e-6, Math.abs(expected));
}
