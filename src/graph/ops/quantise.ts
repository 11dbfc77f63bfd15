import * as tf from '@tensorflow/tfjs-core';
import type { DataType } from '../model/ir.ts';
import { integerRange } from '../model/tensor-data.ts';
import type { OpCall } from './call.ts';
import { stopGradient, withGradient } from './gradient.ts';
import { centred, matMul } from './matmul.ts';
import { opTable } from './op.ts';
import type { TensorValue } from './value.ts';

/** `round(x / scale) + zero`, kept in the range of the type. */
export function quantized(x: tf.Tensor, scale: tf.Tensor, zero: tf.Tensor, dtype: DataType): TensorValue {
  const [least, greatest] = integerRange(dtype);
  const steps = tf.add(tf.round(tf.div(x, scale)), tf.cast(zero, 'float32'));
  const tensor = tf.cast(tf.clipByValue(steps, least, greatest), 'int32');
  return { kind: 'tensor', dtype, tensor };
}

/**
 * {@link quantized} with the gradient of training with quantised activations: rounding counts as the identity, and what
 * lies outside the range of the type gets none. Source: Bengio et al. 2013, "Estimating or Propagating Gradients
 * Through Stochastic Neurons"; Jacob et al. 2018, "Quantization and Training of Neural Networks".
 */
function straightThrough(x: tf.Tensor, scale: tf.Tensor, zero: tf.Tensor, dtype: DataType): TensorValue {
  const [least, greatest] = integerRange(dtype);
  const tensor = withGradient([x], ([values], save) => {
    const steps = tf.add(tf.round(tf.div(values as tf.Tensor, scale)), tf.cast(zero, 'float32'));
    const inside = tf.logicalAnd(tf.greaterEqual(steps, least), tf.lessEqual(steps, greatest));
    const slope = tf.div(tf.cast(inside, 'float32'), scale);
    save([slope]);
    return {
      value: tf.cast(tf.clipByValue(steps, least, greatest), 'int32'),
      gradient: (dy, [kept]) => [tf.mul(dy, kept as tf.Tensor)],
    };
  });
  return { kind: 'tensor', dtype, tensor };
}

/** A scale or zero point along an axis, ready to broadcast; in blocks of `block` elements it is repeated. */
function alongAxis(call: OpCall, tensor: tf.Tensor): tf.Tensor {
  if (tensor.rank === 0 || tensor.size === 1) return tf.reshape(tensor, []);
  const shape = call.shape(0);
  const axis = call.axis(call.number('axis', 1), shape.length);
  if (tensor.rank === 1)
    return tf.reshape(
      tensor,
      shape.map((size, i) => (i === axis ? size : 1)),
    );
  const block = call.number('block_size', 0);
  if (block === 0) return tensor;
  const own = tensor.shape[axis] as number;
  const spread = tf.reshape(tensor, [...tensor.shape.slice(0, axis + 1), 1, ...tensor.shape.slice(axis + 1)]);
  const tiled = tf.tile(
    spread,
    spread.shape.map((_, i) => (i === axis + 1 ? block : 1)),
  );
  const flat = tf.reshape(
    tiled,
    tensor.shape.map((size, i) => (i === axis ? own * block : size)),
  );
  return tf.slice(
    flat,
    shape.map(() => 0),
    [...shape],
  );
}

/** The scale gets a gradient. The rest is integers by definition of the operation, and has none. */
function dequantize(call: OpCall): TensorValue {
  const zero = call.optional(2);
  const x = centred(call.tensor(0), zero === null ? null : alongAxis(call, zero));
  return { kind: 'tensor', dtype: call.dtype(1), tensor: tf.mul(x, alongAxis(call, call.tensor(1))) };
}

export const QUANTISE = opTable({
  QuantizeLinear: {
    run: (call) => {
      const zero = call.optional(2);
      const dtype = zero === null ? (call.text('output_dtype', 'uint8') as DataType) : call.dtype(2);
      const offset = zero === null ? tf.scalar(0) : alongAxis(call, zero);
      const scale = stopGradient(alongAxis(call, call.tensor(1)));
      return straightThrough(call.tensor(0), scale, stopGradient(offset), dtype);
    },
  },
  DequantizeLinear: { run: dequantize },
  DynamicQuantizeLinear: {
    differentiable: false,
    run: (call) => {
      const x = stopGradient(call.tensor(0));
      const low = tf.minimum(tf.min(x), 0);
      const scale = tf.div(tf.sub(tf.maximum(tf.max(x), 0), low), 255);
      const zero = tf.clipByValue(tf.round(tf.div(tf.neg(low), scale)), 0, 255);
      return [
        quantized(x, scale, zero, 'uint8'),
        { kind: 'tensor', dtype: 'float32', tensor: scale },
        { kind: 'tensor', dtype: 'uint8', tensor: tf.cast(zero, 'int32') },
      ];
    },
  },
  QLinearMatMul: {
    differentiable: false,
    run: (call) => {
      const column = (tensor: tf.Tensor) =>
        tensor.rank === 1 && tensor.size > 1 ? tf.reshape(tensor, [-1, 1]) : tensor;
      const a = tf.mul(centred(call.tensor(0), column(call.tensor(2))), column(call.tensor(1)));
      const b = tf.mul(centred(call.tensor(3), call.tensor(5)), call.tensor(4));
      return quantized(matMul(a, b), call.tensor(6), call.tensor(7), call.dtype(7));
    },
  },
});
