/**
 * @file Sums and products of an activation with a value per channel (of the batch, or of each picture), with gradients
 * that sum where they lie: the general ones of tfjs transpose the whole activation first.
 */
import * as tf from '@tensorflow/tfjs-core';
import { columnSums } from '../../runtime/kernels/elementwise.ts';
import { differentiable } from './gradient.ts';

/** Whether `b` has one value per channel (the last axis) of `a`. */
function perChannel(a: tf.Tensor, b: tf.Tensor): boolean {
  return (
    a.rank > 1 && b.size > 1 && b.size === a.shape.at(-1) && b.shape.at(-1) === b.size && b.rank <= a.rank
  );
}

/** Whether `b` is `[N, 1, 1, C]` to `a [N, H, W, C]`. */
function perPicture(a: tf.Tensor, b: tf.Tensor): boolean {
  const [n, h, w, c] = a.shape;
  const [batch, height, width, channels] = b.shape;
  return (
    a.rank === 4 &&
    b.rank === 4 &&
    batch === n &&
    channels === c &&
    height === 1 &&
    width === 1 &&
    (h ?? 1) * (w ?? 1) > 1
  );
}

/** Fewer channels than this are laid out over a whole row: broadcasting along a short last axis is slow everywhere. */
const SHORT = 8;

/** `[N, H, W, C]` and a value per channel as `[N, H, W * C]` and a row of them. */
function onRows(a: tf.Tensor, b: tf.Tensor, f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): tf.Tensor {
  const [n = 1, h = 1, w = 1, c = 1] = a.shape;
  if (a.rank !== 4 || c >= SHORT) return f(a, b);
  const row = tf.tile(tf.reshape<tf.Rank.R1>(b, [c]), [w]);
  return tf.reshape(f(tf.reshape(a, [n, h, w * c]), row), a.shape);
}

/** `a + b`. */
export function sum(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return tf.add(a, b);
  if (perChannel(a, b)) return channelSum(a, b, 1);
  return perChannel(b, a) ? channelSum(b, a, 1) : tf.add(a, b);
}

/** `a - b`. */
export function difference(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return tf.sub(a, b);
  return perChannel(a, b) ? channelSum(a, b, -1) : tf.sub(a, b);
}

function channelSum(a: tf.Tensor, b: tf.Tensor, sign: 1 | -1): tf.Tensor {
  const { shape } = b;
  return differentiable(
    { a, b },
    () => onRows(a, b, sign === 1 ? tf.add : tf.sub),
    (dy) => ({
      a: () => tf.clone(dy),
      b: () => {
        const sums = tf.reshape(columnSums(dy), shape);
        return sign === 1 ? sums : tf.neg(sums);
      },
    }),
  );
}

/** `a * b`. */
export function product(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return tf.mul(a, b);
  if (perChannel(a, b) || perPicture(a, b)) return channelProduct(a, b);
  return perChannel(b, a) || perPicture(b, a) ? channelProduct(b, a) : tf.mul(a, b);
}

function channelProduct(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const { shape } = b;
  const pictures = perPicture(a, b);
  return differentiable(
    { a, b },
    (save) => {
      save([a, b]);
      return pictures ? tf.mul(a, b) : onRows(a, b, tf.mul);
    },
    (dy, [left, right]) => ({
      a: () => (pictures ? tf.mul(dy, right as tf.Tensor) : onRows(dy, right as tf.Tensor, tf.mul)),
      b: () => {
        const slopes = tf.mul(dy, left as tf.Tensor);
        if (!pictures) return tf.reshape(columnSums(slopes), shape);
        const [, height = 1, width = 1] = slopes.shape;
        const mean = tf.avgPool(slopes as tf.Tensor4D, [height, width], 1, 'valid');
        return tf.mul(mean, height * width);
      },
    }),
  );
}
