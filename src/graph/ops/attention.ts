/**
 * @file Attention: scaled dot products of queries with keys, a softmax, a mixture of the values (Vaswani et al. 2017,
 * "Attention Is All You Need"), and the rotation of queries and keys by their positions.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { OpCall } from './call.ts';
import { stopGradient } from './gradient.ts';
import { matMul } from './matmul.ts';
import { opTable } from './op.ts';

/**
 * What a score gets that is to count for nothing: finite also when several are added, and above the -1e20 that the
 * maximum of WebGL begins with.
 */
const LEAST = -1e18;
/** Below this a score was masked. */
const MASKED = -1e17;

/** Shape: `[B, S, heads * D]` -> `[B, heads, S, D]`. */
export function heads(x: tf.Tensor, count: number): tf.Tensor {
  const [batch = 0, length = 0, width = 0] = x.shape;
  return tf.transpose(tf.reshape(x, [batch, length, count, width / count]), [0, 2, 1, 3]);
}

/** Shape: `[B, heads, S, D]` -> `[B, S, heads * D]`. */
export function joinHeads(x: tf.Tensor): tf.Tensor {
  const [batch = 0, count = 0, length = 0, width = 0] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, length, count * width]);
}

/** What lets query `i` see the keys up to `i + past` only. Shape: `[1, 1, queries, keys]`. */
export function causal(queries: number, keys: number, past = keys - queries): tf.Tensor {
  const data = Float32Array.from({ length: queries * keys }, (_, i) =>
    i % keys > Math.floor(i / keys) + past ? LEAST : 0,
  );
  return tf.tensor(data, [1, 1, queries, keys]);
}

interface Mixture {
  /** `[B, heads, S, D]`. */
  readonly y: tf.Tensor;
  readonly scores: tf.Tensor;
  readonly shares: tf.Tensor;
}

/** Shapes: `[B, heads, S, D]` each; biases that broadcast to `[B, heads, S, T]` are added to the scores. */
export function attend(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  scale: number,
  biases: readonly (tf.Tensor | null)[],
  softcap = 0,
): Mixture {
  const scores = tf.mul(matMul(query, key, false, true), scale);
  const capped = softcap > 0 ? tf.mul(tf.tanh(tf.div(scores, softcap)), softcap) : scores;
  const biased = biases.reduce<tf.Tensor>((sum, bias) => (bias === null ? sum : tf.add(sum, bias)), capped);
  const shares = tf.softmax(biased);
  return { y: matMul(shares, value), scores, shares };
}

/** What a mask of ONNX, truth values (true counts) or numbers, adds to the scores. Keys beyond it are masked. */
function asBias(mask: tf.Tensor, keys: number): tf.Tensor {
  const bias =
    mask.dtype === 'bool'
      ? tf.mul(tf.sub(1, tf.cast(stopGradient(mask), 'float32')), LEAST)
      : tf.maximum(mask, LEAST);
  const missing = keys - (mask.shape.at(-1) as number);
  if (missing <= 0) return bias;
  const grow = bias.shape.map((_, axis): [number, number] => [0, axis === bias.rank - 1 ? missing : 0]);
  return tf.pad(bias, grow, LEAST);
}

/** `[batch]` lengths as a bias `[batch, 1, 1, keys]`. */
function lengthBias(lengths: tf.Tensor, keys: number): tf.Tensor {
  const at = tf.reshape(tf.range(0, keys, 1, 'float32'), [1, 1, 1, keys]);
  const ends = tf.reshape(tf.cast(stopGradient(lengths), 'float32'), [-1, 1, 1, 1]);
  return tf.mul(tf.cast(tf.greaterEqual(at, ends), 'float32'), LEAST);
}

/** Where every key is masked nothing is mixed: 0 for such a query, else 1. Shape: `[..., S, 1]`. */
function openRows(biases: readonly (tf.Tensor | null)[]): tf.Tensor | null {
  const given = biases.filter((bias) => bias !== null);
  if (given.length === 0) return null;
  const all = given.reduce((sum, bias) => tf.add(sum, bias));
  return tf.cast(tf.greater(tf.max(stopGradient(all), -1, true), MASKED), 'float32');
}

/** Fewer heads of keys than of queries: each serves several in a row. */
function repeatedHeads(x: tf.Tensor, count: number): tf.Tensor {
  const [batch = 0, own = 1, length = 0, width = 0] = x.shape;
  if (own === count) return x;
  // Of rank 4: tfjs has no gradient for repeating more axes.
  const spread = tf.tile(tf.reshape(x, [batch * own, 1, length, width]), [1, count / own, 1, 1]);
  return tf.reshape(spread, [batch, count, length, width]);
}

/** `Attention` of ONNX, versions 23 and 24. */
function attention(call: OpCall): tf.Tensor[] {
  const flat = call.rank(0) === 3;
  const part = (index: number, count: string) =>
    flat ? heads(call.tensor(index), call.number(count, 1)) : call.tensor(index);
  const query = part(0, 'q_num_heads');
  const [newKeys, newValues] = [part(1, 'kv_num_heads'), part(2, 'kv_num_heads')];
  const keys = call.has(4) ? tf.concat([call.tensor(4), newKeys], 2) : newKeys;
  const values = call.has(5) ? tf.concat([call.tensor(5), newValues], 2) : newValues;
  const [, count = 1, length = 0, width = 1] = query.shape;
  const total = keys.shape[2] as number;
  const past = total - (newKeys.shape[2] as number);
  const biases = [
    call.has(3) ? asBias(call.tensor(3), total) : null,
    call.flag('is_causal') ? causal(length, total, past) : null,
    call.has(6) ? lengthBias(call.tensor(6), total) : null,
  ];
  const { y, scores, shares } = attend(
    query,
    repeatedHeads(keys, count),
    repeatedHeads(values, count),
    call.number('scale', 1 / Math.sqrt(width)),
    biases,
    call.number('softcap', 0),
  );
  const open = openRows(biases);
  const mixed = open === null ? y : tf.mul(y, open);
  const shown = call.number('qk_matmul_output_mode', 0) === 3 ? shares : scores;
  const results = [flat ? joinHeads(mixed) : mixed, keys, values, shown];
  return results.slice(0, call.node.outputs.length);
}

/** `RotaryEmbedding` of ONNX: pairs of numbers turned by angles. Source: Su et al. 2021, "RoFormer". */
function rotary(call: OpCall): tf.Tensor {
  const given = call.tensor(0);
  const x = given.rank === 3 ? heads(given, call.number('num_heads', 1)) : given;
  const width = x.shape[3] as number;
  const turned = call.number('rotary_embedding_dim', 0) || width;
  const angle = (index: number) => {
    const cache = call.tensor(index);
    if (!call.has(3)) return tf.expandDims(cache, 1);
    const positions = tf.cast(stopGradient(call.tensor(3)), 'int32');
    const rows = tf.gather(cache, tf.reshape<tf.Rank.R1>(positions, [positions.size]));
    return tf.reshape(rows, [positions.shape[0], 1, positions.shape[1] as number, turned / 2]);
  };
  const [cos, sin] = [angle(1), angle(2)];
  const [first, rest] = tf.split(x, [turned, width - turned], -1) as [tf.Tensor, tf.Tensor];
  const pairs = call.flag('interleaved');
  const half = [...first.shape.slice(0, -1), turned / 2];
  const [a, b] = pairs ? tf.unstack(tf.reshape(first, [...half, 2]), -1) : tf.split(first, 2, -1);
  const [left, right] = [a as tf.Tensor, b as tf.Tensor];
  const parts = [
    tf.sub(tf.mul(cos, left), tf.mul(sin, right)),
    tf.add(tf.mul(sin, left), tf.mul(cos, right)),
  ];
  const whole = pairs ? tf.reshape(tf.stack(parts, -1), first.shape) : tf.concat(parts, -1);
  const y = width === turned ? whole : tf.concat([whole, rest], -1);
  return given.rank === 3 ? joinHeads(y) : y;
}

export const ATTENTION = opTable({
  Attention: {
    run: attention,
    refuse: ({ outputs, attributes }) => {
      const mode = attributes['qk_matmul_output_mode'] ?? 0;
      return (outputs[3] ?? '') !== '' && mode !== 0 && mode !== 3
        ? 'gives out its scores after masking, which is not supported'
        : null;
    },
  },
  RotaryEmbedding: { run: rotary },
});
