import * as tf from '@tensorflow/tfjs-core';
import type { DataType } from '../model/ir.ts';
import type { OpCall } from './call.ts';
import { type Op, opTable } from './op.ts';
import { hostValue, type HostValue } from './value.ts';

/** A window of cosines: `sum a[k] cos(2 pi k n / N)`. Source: Harris 1978, "On the use of windows for harmonic analysis". */
function cosineWindow(coefficients: readonly number[]): Omit<Op, 'doc'> {
  return {
    hostInputs: 'all',
    differentiable: false,
    run: (call) => {
      const size = call.numbers(0)[0] ?? 0;
      const period = call.flag('periodic', true) ? size : size - 1;
      const data = Array.from({ length: size }, (_, n) =>
        coefficients.reduce((sum, a, k) => sum + a * Math.cos((2 * Math.PI * k * n) / period), 0),
      );
      return hostValue(data, [size], call.text('output_datatype', 'float32') as DataType);
    },
  };
}

/**
 * The discrete Fourier transform along an axis as two matrix products.
 * Shape: `[..., length, ..., 1 or 2]` -> `[..., out, ..., 2]`, real and imaginary part last.
 */
function fourier(x: tf.Tensor, axis: number, length: number, inverse: boolean, onesided: boolean): tf.Tensor {
  const out = onesided ? Math.floor(length / 2) + 1 : length;
  const given = x.shape[axis] as number;
  const size = Math.min(given, length);
  const angle = (i: number) =>
    (((i % size) * Math.floor(i / size)) % length) * ((2 * Math.PI) / length) * (inverse ? 1 : -1);
  const factor = inverse ? 1 / length : 1;
  const cosines = tf.tensor2d(
    Float32Array.from({ length: out * size }, (_, i) => Math.cos(angle(i)) * factor),
    [out, size],
  );
  const sines = tf.tensor2d(
    Float32Array.from({ length: out * size }, (_, i) => Math.sin(angle(i)) * factor),
    [out, size],
  );
  const begin = x.shape.map(() => 0);
  const cut = tf.slice(
    x,
    begin,
    x.shape.map((n, i) => (i === axis ? size : n)),
  );
  const parts = tf.split(cut, x.shape.at(-1) as number, -1);
  const along = (tensor: tf.Tensor, matrix: tf.Tensor2D) => {
    const order = [...tensor.shape.map((_, i) => i).filter((i) => i !== axis), axis];
    const moved = tf.transpose(tensor, order);
    const flat = tf.reshape<tf.Rank.R2>(moved, [moved.size / size, size]);
    const product = tf.reshape(tf.matMul(flat, matrix, false, true), [...moved.shape.slice(0, -1), out]);
    return tf.transpose(
      product,
      tensor.shape.map((_, i) => order.indexOf(i)),
    );
  };
  const [real, imaginary] = parts as [tf.Tensor, tf.Tensor | undefined];
  const re = along(real, cosines);
  const im = along(real, sines);
  if (imaginary === undefined) return tf.concat([re, im], -1);
  return tf.concat([tf.sub(re, along(imaginary, sines)), tf.add(im, along(imaginary, cosines))], -1);
}

function dft(call: OpCall): tf.Tensor {
  const rank = call.rank(0);
  const axis = call.axis(call.has(2) ? (call.numbers(2)[0] ?? -2) : call.number('axis', -2), rank);
  const length = call.has(1) ? (call.numbers(1)[0] ?? 0) : (call.shape(0)[axis] as number);
  return fourier(call.tensor(0), axis, length, call.flag('inverse'), call.flag('onesided'));
}

/** Shape: `[B, L, 1 or 2]` -> `[B, frames, bins, 2]`. */
function stft(call: OpCall): tf.Tensor {
  const x = call.tensor(0);
  const step = call.numbers(1)[0] ?? 1;
  const [batch = 0, total = 0] = x.shape;
  const parts = x.rank === 2 ? 1 : (x.shape[2] as number);
  const length = call.has(3) ? (call.numbers(3)[0] ?? 0) : (call.shape(2)[0] ?? 0);
  const frames = Math.floor((total - length) / step) + 1;
  const positions = Int32Array.from(
    { length: frames * length },
    (_, i) => Math.floor(i / length) * step + (i % length),
  );
  const framed = tf.reshape(tf.gather(x, tf.tensor1d(positions, 'int32'), 1), [batch, frames, length, parts]);
  const windowed = call.has(2) ? tf.mul(framed, tf.reshape(call.tensor(2), [length, 1])) : framed;
  return fourier(windowed, 2, length, false, call.flag('onesided', true));
}

const toMel = (hertz: number) => 2595 * Math.log10(1 + hertz / 700);
const toHertz = (mel: number) => 700 * (10 ** (mel / 2595) - 1);

/** Triangles that are even on the mel scale. Source: https://onnx.ai/onnx/operators/onnx__MelWeightMatrix.html. */
function melWeights(call: OpCall): HostValue {
  const [bins = 0, length = 0, rate = 0, low = 0, high = 0] = [0, 1, 2, 3, 4].map((i) => call.numbers(i)[0]);
  const rows = Math.floor(length / 2) + 1;
  const [from, to] = [toMel(low), toMel(high)];
  const step = (to - from) / (bins + 2);
  const edges = Array.from({ length: bins + 2 }, (_, i) =>
    Math.floor(((length + 1) * toHertz(from + step * i)) / rate),
  );
  const data = new Float64Array(rows * bins);
  for (let i = 0; i < bins; i++) {
    const [left = 0, centre = 0, right = 0] = edges.slice(i, i + 3);
    if (left === centre) data[centre * bins + i] = 1;
    else for (let j = left; j <= centre; j++) data[j * bins + i] = (j - left) / (centre - left);
    if (right > centre)
      for (let j = centre; j < right; j++) data[j * bins + i] = (right - j) / (right - centre);
  }
  return hostValue(data, [rows, bins], call.text('output_datatype', 'float32') as DataType);
}

export const SIGNAL = opTable({
  HannWindow: cosineWindow([0.5, -0.5]),
  // 25/46, the coefficient that cancels the first side lobe.
  HammingWindow: cosineWindow([25 / 46, -21 / 46]),
  BlackmanWindow: cosineWindow([0.42, -0.5, 0.08]),
  DFT: { hostInputs: [1, 2], run: dft },
  STFT: { hostInputs: [1, 3], run: stft },
  MelWeightMatrix: { hostInputs: 'all', differentiable: false, run: melWeights },
});
