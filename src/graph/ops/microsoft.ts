/**
 * @file Operations of the domain `com.microsoft`, which exported and optimised Transformers carry.
 * Source of all: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md.
 */
import * as tf from '@tensorflow/tfjs-core';
import { attend, causal, heads, joinHeads } from './attention.ts';
import type { OpCall } from './call.ts';
import { gelu } from './elementwise.ts';
import { stopGradient } from './gradient.ts';
import { matMul } from './matmul.ts';
import { moments, rmsNormalization, rmsNormalized } from './normalise.ts';
import { opTable, type Result } from './op.ts';
import { onlyComputed, refuseAny } from './refusals.ts';

function layerNormalized(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor | null, epsilon: number): tf.Tensor {
  const { mean, variance } = moments(x, [x.rank - 1]);
  const scaled = tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon))), gamma);
  return beta === null ? scaled : tf.add(scaled, beta);
}

function biasGelu(call: OpCall, approximate: boolean): tf.Tensor {
  const bias = call.optional(1);
  const x = call.tensor(0);
  return gelu(bias === null ? x : tf.add(x, bias), approximate);
}

/** The outputs in the middle (mean, inverse deviation) are refused, so what stands in for them has no name. */
function withSum(call: OpCall, y: tf.Tensor, sum: tf.Tensor): Result[] {
  return [y, sum, sum, sum].slice(0, call.node.outputs.length);
}

function skipLayerNorm(call: OpCall, simplified: boolean): Result[] {
  const bias = call.optional(simplified ? 3 : 4);
  const sum = tf.add(call.tensor(0), call.tensor(1));
  const x = bias === null ? sum : tf.add(sum, bias);
  const epsilon = call.number('epsilon', 1e-12);
  const y = simplified
    ? rmsNormalized(x, call.tensor(2), epsilon)
    : layerNormalized(x, call.tensor(2), call.optional(3), epsilon);
  return withSum(call, y, x);
}

function rows(table: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  const flat = tf.reshape<tf.Rank.R1>(tf.cast(stopGradient(ids), 'int32'), [ids.size]);
  return tf.reshape(tf.gather(table, flat), [...ids.shape, table.shape[1] as number]);
}

function embedLayerNorm(call: OpCall): Result[] {
  const ids = call.tensor(0);
  const [batch = 0, length = 0] = ids.shape;
  const positions = call.has(8)
    ? call.tensor(8)
    : tf.tile(tf.reshape(tf.range(0, length, 1, 'int32'), [1, length]), [batch, 1]);
  const words = tf.add(rows(call.tensor(2), ids), rows(call.tensor(3), positions));
  const sum = call.has(4) && call.has(1) ? tf.add(words, rows(call.tensor(4), call.tensor(1))) : words;
  const y = layerNormalized(sum, call.tensor(5), call.tensor(6), call.number('epsilon', 1e-12));
  const mask = call.has(7)
    ? tf.sum(tf.cast(stopGradient(call.tensor(7)), 'int32'), 1)
    : tf.zeros([batch], 'int32');
  return [y, { kind: 'tensor', dtype: 'int32', tensor: mask }, sum].slice(
    0,
    call.node.outputs.length,
  ) as Result[];
}

/**
 * What a mask adds to the scores: zero where it is one. Shape: `[B]` ends of the rows, `[2 B]` their ends and then their
 * beginnings, `[B, T]` or `[B, S, T]`.
 */
function maskBias(call: OpCall, index: number, batch: number, keys: number): tf.Tensor | null {
  const given = call.optional(index);
  if (given === null) return null;
  const mask = tf.cast(stopGradient(given), 'float32');
  const least = call.number('mask_filter_value', -10000);
  const bias = (m: tf.Tensor) => tf.mul(tf.sub(1, m), least);
  if (mask.rank === 1) return tf.reshape(bias(insideRows(mask, batch, keys)), [batch, 1, 1, keys]);
  if (mask.rank === 2) return tf.reshape(bias(mask), [mask.shape[0], 1, 1, keys]);
  if (mask.rank === 3) return bias(tf.expandDims(mask, 1));
  throw new Error(`a mask of ${mask.rank} axes is not supported`);
}

/** One where a key lies in its row. Shape: `[batch, keys]`. */
function insideRows(mask: tf.Tensor, batch: number, keys: number): tf.Tensor {
  const rows = mask.size / batch;
  if (rows !== 1 && rows !== 2)
    throw new Error(`a mask of ${mask.size} numbers for ${batch} rows is not supported`);
  const [ends, begins] = tf.split(mask, rows).map((part) => tf.reshape(part, [batch, 1]));
  const at = tf.reshape(tf.range(0, keys, 1, 'float32'), [1, keys]);
  const before = tf.less(at, ends as tf.Tensor);
  return tf.cast(
    begins === undefined ? before : tf.logicalAnd(before, tf.greaterEqual(at, begins)),
    'float32',
  );
}

function attention(call: OpCall): tf.Tensor[] {
  const x = call.tensor(0);
  const count = call.number('num_heads', 1);
  const projected = matMul(x, call.tensor(1));
  const whole = call.has(2) ? tf.add(projected, call.tensor(2)) : projected;
  const width = whole.shape.at(-1) as number;
  const sizes = call.ints('qkv_hidden_sizes') ?? [width / 3, width / 3, width / 3];
  const [q, k, v] = tf.split(whole, [...sizes], -1).map((part) => heads(part, count)) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const past = call.optional(4);
  const [keys, values] = past === null ? [k, v] : joinPast(past, k, v);
  const scale = call.number('scale', 0) || 1 / Math.sqrt(q.shape[3] as number);
  const length = keys.shape[2] as number;
  const bias = call.flag('unidirectional') ? causal(q.shape[2] as number, length) : null;
  const { y: mixed } = attend(q, keys, values, scale, [
    maskBias(call, 3, x.shape[0], length),
    bias,
    call.optional(5),
  ]);
  const y = joinHeads(mixed);
  return call.node.outputs.length > 1 ? [y, tf.stack([keys, values])] : [y];
}

/** Past keys and values `[2, B, heads, P, D]` before the new ones. */
function joinPast(past: tf.Tensor, k: tf.Tensor, v: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const [keys, values] = tf.unstack(past) as [tf.Tensor, tf.Tensor];
  return [tf.concat([keys, k], 2), tf.concat([values, v], 2)];
}

function multiHeadAttention(call: OpCall): tf.Tensor[] {
  const count = call.number('num_heads', 1);
  const width = call.shape(0)[2] as number;
  const bias = call.has(3) ? tf.split(call.tensor(3), [width, width, call.size(3) - 2 * width]) : null;
  const part = (i: number) => {
    const x = call.tensor(i);
    if (x.rank === 4) return x;
    return heads(bias === null ? x : tf.add(x, bias[i] as tf.Tensor), count);
  };
  const [q, k, v] = [part(0), part(1), part(2)];
  const keys = call.has(6) ? tf.concat([call.tensor(6), k], 2) : k;
  const values = call.has(7) ? tf.concat([call.tensor(7), v], 2) : v;
  const scale = call.number('scale', 0) || 1 / Math.sqrt(q.shape[3] as number);
  const length = keys.shape[2] as number;
  const later = call.flag('unidirectional') ? causal(q.shape[2] as number, length) : null;
  const biases = [maskBias(call, 4, q.shape[0], length), call.optional(5), later];
  const { y } = attend(q, keys, values, scale, biases);
  return [joinHeads(y), keys, values].slice(0, call.node.outputs.length);
}

function fusedMatMul(call: OpCall): tf.Tensor {
  const product = matMul(call.tensor(0), call.tensor(1), call.flag('transA'), call.flag('transB'));
  const alpha = call.number('alpha', 1);
  return alpha === 1 ? product : tf.mul(product, alpha);
}

const ONE_INPUT = onlyComputed({ inputs: 1 });
const WITH_BIAS = onlyComputed({ inputs: 2 });
const SUMS = [0, 3];

export const MICROSOFT = opTable({
  'com.microsoft:Gelu': { refuse: ONE_INPUT, run: (call) => gelu(call.tensor(0), false) },
  'com.microsoft:FastGelu': { refuse: WITH_BIAS, run: (call) => biasGelu(call, true) },
  'com.microsoft:BiasGelu': { refuse: WITH_BIAS, run: (call) => biasGelu(call, false) },
  'com.microsoft:QuickGelu': {
    refuse: onlyComputed({ attributes: ['alpha'], inputs: 1 }),
    run: (call) => {
      const x = call.tensor(0);
      return tf.mul(x, tf.sigmoid(tf.mul(x, call.number('alpha', 1.702))));
    },
  },
  'com.microsoft:SkipLayerNormalization': {
    refuse: onlyComputed({ attributes: ['epsilon'], inputs: 5, outputs: SUMS }),
    run: (call) => skipLayerNorm(call, false),
  },
  'com.microsoft:SkipSimplifiedLayerNormalization': {
    refuse: onlyComputed({ attributes: ['epsilon'], inputs: 4, outputs: SUMS }),
    run: (call) => skipLayerNorm(call, true),
  },
  SimplifiedLayerNormalization: {
    refuse: onlyComputed({ attributes: ['axis', 'epsilon', 'stash_type'], inputs: 2 }),
    run: rmsNormalization,
  },
  'com.microsoft:EmbedLayerNormalization': {
    // The type of the mask only tells the shape of a result.
    refuse: onlyComputed({ attributes: ['epsilon', 'mask_index_type'], inputs: 9, outputs: [0, 1, 2] }),
    run: embedLayerNorm,
  },
  'com.microsoft:Attention': {
    refuse: onlyComputed({
      attributes: ['num_heads', 'unidirectional', 'qkv_hidden_sizes', 'mask_filter_value', 'scale'],
      inputs: 6,
      outputs: [0, 1],
    }),
    run: attention,
  },
  'com.microsoft:MultiHeadAttention': {
    refuse: refuseAny(
      onlyComputed({
        attributes: ['num_heads', 'unidirectional', 'mask_filter_value', 'scale'],
        inputs: 8,
        outputs: [0, 1, 2],
      }),
      ({ inputs }) =>
        (inputs[1] ?? null) === null || (inputs[2] ?? null) === null
          ? 'has its queries, keys and values packed in one input'
          : null,
    ),
    run: multiHeadAttention,
  },
  'com.microsoft:FusedMatMul': {
    refuse: onlyComputed({ attributes: ['transA', 'transB', 'alpha'], inputs: 2 }),
    run: fusedMatMul,
  },
});
