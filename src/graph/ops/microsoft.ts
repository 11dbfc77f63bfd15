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
import { moments } from './normalise.ts';
import { opTable, type Result } from './op.ts';

function layerNormalized(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor | null, epsilon: number): tf.Tensor {
  const { mean, variance } = moments(x, [x.rank - 1]);
  const scaled = tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon))), gamma);
  return beta === null ? scaled : tf.add(scaled, beta);
}

function rmsNormalized(x: tf.Tensor, gamma: tf.Tensor, epsilon: number): tf.Tensor {
  const inverse = tf.rsqrt(tf.add(tf.mean(tf.mul(x, x), -1, true), epsilon));
  return tf.mul(tf.mul(x, inverse), gamma);
}

function biasGelu(call: OpCall, approximate: boolean): tf.Tensor {
  const bias = call.optional(1);
  const x = call.tensor(0);
  return gelu(bias === null ? x : tf.add(x, bias), approximate);
}

/** Unused outputs in the middle (mean, inverse deviation) are training statistics that no exporter connects. */
function withSum(call: OpCall, y: tf.Tensor, sum: tf.Tensor): Result[] {
  const results: Result[] = [y];
  for (let i = 1; i < call.node.outputs.length; i++) {
    if (call.node.outputs[i] !== '' && i !== 3) throw new Error(`output ${i}`);
    results.push(sum);
  }
  return results;
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

/** What a mask `[B]` (lengths), `[B, T]` or `[B, S, T]` adds to the scores: zero where it is one. */
function maskBias(call: OpCall, index: number, keys: number): tf.Tensor | null {
  const given = call.optional(index);
  if (given === null) return null;
  const mask = tf.cast(stopGradient(given), 'float32');
  const least = call.number('mask_filter_value', -10000);
  const bias = (m: tf.Tensor) => tf.mul(tf.sub(1, m), least);
  if (mask.rank === 1) {
    const at = tf.reshape(tf.range(0, keys, 1, 'float32'), [1, keys]);
    const inside = tf.cast(tf.less(at, tf.reshape(mask, [-1, 1])), 'float32');
    return tf.reshape(bias(inside), [mask.size, 1, 1, keys]);
  }
  if (mask.rank === 2) return tf.reshape(bias(mask), [mask.shape[0], 1, 1, keys]);
  return bias(mask.rank === 3 ? tf.expandDims(mask, 1) : mask);
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
  const scale = call.number('scale', 1 / Math.sqrt(q.shape[3] as number));
  const length = keys.shape[2] as number;
  const bias = call.flag('unidirectional') ? causal(q.shape[2] as number, length) : null;
  const { y: mixed } = attend(q, keys, values, scale, [maskBias(call, 3, length), bias, call.optional(5)]);
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
  if (call.rank(0) !== 3 || !call.has(1) || !call.has(2)) throw new Error('packed queries, keys and values');
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
  const scale = call.number('scale', 1 / Math.sqrt(q.shape[3] as number));
  const length = keys.shape[2] as number;
  const later = call.flag('unidirectional') ? causal(q.shape[2] as number, length) : null;
  const biases = [maskBias(call, 4, length), call.optional(5), later];
  const { y } = attend(q, keys, values, scale, biases);
  return [joinHeads(y), keys, values].slice(0, call.node.outputs.length);
}

function fusedMatMul(call: OpCall): tf.Tensor {
  if (call.flag('transBatchA') || call.flag('transBatchB')) throw new Error('transposed batches');
  const product = matMul(call.tensor(0), call.tensor(1), call.flag('transA'), call.flag('transB'));
  const alpha = call.number('alpha', 1);
  return alpha === 1 ? product : tf.mul(product, alpha);
}

export const MICROSOFT = opTable({
  'com.microsoft:Gelu': { run: (call) => gelu(call.tensor(0), false) },
  'com.microsoft:FastGelu': { run: (call) => biasGelu(call, true) },
  'com.microsoft:BiasGelu': { run: (call) => biasGelu(call, false) },
  'com.microsoft:QuickGelu': {
    run: (call) => {
      const x = call.tensor(0);
      return tf.mul(x, tf.sigmoid(tf.mul(x, call.number('alpha', 1.702))));
    },
  },
  'com.microsoft:SkipLayerNormalization': { run: (call) => skipLayerNorm(call, false) },
  'com.microsoft:SkipSimplifiedLayerNormalization': { run: (call) => skipLayerNorm(call, true) },
  SimplifiedLayerNormalization: {
    run: (call) => rmsNormalized(call.tensor(0), call.tensor(1), call.number('epsilon', 1e-5)),
  },
  'com.microsoft:EmbedLayerNormalization': { run: embedLayerNorm },
  'com.microsoft:Attention': { run: attention },
  'com.microsoft:MultiHeadAttention': { run: multiHeadAttention },
  'com.microsoft:FusedMatMul': { run: fusedMatMul },
});
