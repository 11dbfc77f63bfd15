/**
 * @file LSTM, GRU and RNN as compositions, so that gradients come with them. Names as in
 * https://onnx.ai/onnx/operators/onnx__LSTM.html: gates of the LSTM in the order i, o, f, c, of the GRU z, r, h.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { OpCall } from './call.ts';
import { type Op, opTable } from './op.ts';
import { type Activation, activationsOf, refuseActivations } from './recurrent-activations.ts';

/** The state after one step: h, and for the LSTM c. */
type State = readonly tf.Tensor[];

/** Weights of one direction. */
interface Weights {
  /** `[I, gates * H]` and `[H, gates * H]`. */
  readonly input: tf.Tensor2D;
  readonly recurrent: tf.Tensor2D;
  /** `[gates * H]` each. */
  readonly inputBias: tf.Tensor;
  readonly recurrentBias: tf.Tensor;
  readonly peephole: tf.Tensor | null;
}

type Cell = (x: tf.Tensor, state: State, weights: Weights) => State;

function gatesOf(sum: tf.Tensor, count: number): tf.Tensor[] {
  return tf.split(sum, count, -1);
}

function clipper(call: OpCall): Activation {
  const limit = call.number('clip', 0);
  return limit > 0 ? (x) => tf.clipByValue(x, -limit, limit) : (x) => x;
}

function lstmCell(call: OpCall, direction: number): Cell {
  const [f, g, h] = activationsOf(call, direction, ['sigmoid', 'tanh', 'tanh']) as [
    Activation,
    Activation,
    Activation,
  ];
  const clip = clipper(call);
  const coupled = call.flag('input_forget');
  return (x, [hidden, cell], weights) => {
    const recurrent = tf.add(tf.matMul(hidden as tf.Tensor2D, weights.recurrent), weights.recurrentBias);
    const [i, o, forget, c] = gatesOf(tf.add(x, recurrent), 4) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const old = cell as tf.Tensor;
    const [pi, po, pf] = weights.peephole === null ? [] : tf.split(weights.peephole, 3, -1);
    const peeped = (gate: tf.Tensor, p: tf.Tensor | undefined, from: tf.Tensor) =>
      clip(p === undefined ? gate : tf.add(gate, tf.mul(p, from)));
    const inGate = f(peeped(i, pi, old));
    const forgetGate = coupled ? tf.sub(1, inGate) : f(peeped(forget, pf, old));
    const next = tf.add(tf.mul(forgetGate, old), tf.mul(inGate, g(clip(c))));
    const outGate = f(peeped(o, po, next));
    return [tf.mul(outGate, h(next)), next];
  };
}

function gruCell(call: OpCall, direction: number): Cell {
  const [f, g] = activationsOf(call, direction, ['sigmoid', 'tanh']) as [Activation, Activation];
  const clip = clipper(call);
  const after = call.flag('linear_before_reset');
  return (x, [hidden], weights) => {
    const old = hidden as tf.Tensor2D;
    const size = old.shape[1];
    const [xz, xr, xh] = gatesOf(x, 3) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const [bz, br, bh] = gatesOf(weights.recurrentBias, 3) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const [rz, rr, rh] = gatesOf(weights.recurrent, 3) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    const z = f(clip(tf.add(xz, tf.add(tf.matMul(old, rz), bz))));
    const r = f(clip(tf.add(xr, tf.add(tf.matMul(old, rr), br))));
    const candidate = after
      ? tf.mul(r, tf.add(tf.matMul(old, rh), bh))
      : tf.add(tf.matMul(tf.reshape<tf.Rank.R2>(tf.mul(r, old), [-1, size]), rh), bh);
    const next = g(clip(tf.add(xh, candidate)));
    return [tf.add(tf.mul(tf.sub(1, z), next), tf.mul(z, old))];
  };
}

function rnnCell(call: OpCall, direction: number): Cell {
  const [f] = activationsOf(call, direction, ['tanh']) as [Activation];
  const clip = clipper(call);
  return (x, [hidden], weights) => {
    const recurrent = tf.add(tf.matMul(hidden as tf.Tensor2D, weights.recurrent), weights.recurrentBias);
    return [f(clip(tf.add(x, recurrent)))];
  };
}

interface Kind {
  readonly gates: number;
  /** Two for the LSTM: h and c. */
  readonly states: number;
  readonly cell: (call: OpCall, direction: number) => Cell;
}

/** One of the directions of a tensor `[directions, ...]`. */
function ofDirection(tensor: tf.Tensor, direction: number): tf.Tensor {
  const begin = tensor.shape.map((_, i) => (i === 0 ? direction : 0));
  const size = tensor.shape.map((length, i) => (i === 0 ? 1 : length));
  return tf.reshape(tf.slice(tensor, begin, size), tensor.shape.slice(1));
}

function weightsOf(call: OpCall, direction: number, gates: number): Weights {
  const turned = (index: number) => tf.transpose(ofDirection(call.tensor(index), direction)) as tf.Tensor2D;
  const recurrent = turned(2);
  const width = recurrent.shape[1];
  const both = call.has(3) ? ofDirection(call.tensor(3), direction) : tf.zeros([2 * width]);
  const [inputBias, recurrentBias] = tf.split(both, 2, -1) as [tf.Tensor, tf.Tensor];
  const peephole = gates === 4 && call.has(7) ? ofDirection(call.tensor(7), direction) : null;
  return { input: turned(1), recurrent, inputBias, recurrentBias, peephole };
}

/** Runs one direction. Shape: `x [T, B, I]` -> outputs `[T, B, H]` in the order of time, and the last states. */
function runDirection(
  call: OpCall,
  x: tf.Tensor,
  direction: number,
  kind: Kind,
  initial: State,
  lengths: readonly number[] | null,
) {
  const weights = weightsOf(call, direction, kind.gates);
  const cell = kind.cell(call, direction);
  const [steps = 0, batch = 0, size = 0] = x.shape;
  const projected = tf.add(
    tf.matMul(tf.reshape<tf.Rank.R2>(x, [steps * batch, size]), weights.input),
    weights.inputBias,
  );
  const perStep = tf.unstack(tf.reshape(projected, [steps, batch, -1]));
  const backwards = direction === 1 || call.text('direction', 'forward') === 'reverse';
  const outputs = new Array<tf.Tensor>(steps);
  let state = initial;
  for (let i = 0; i < steps; i++) {
    const t = backwards ? steps - 1 - i : i;
    const next = cell(perStep[t] as tf.Tensor, state, weights);
    if (lengths === null) {
      state = next;
      outputs[t] = next[0] as tf.Tensor;
      continue;
    }
    // Rows whose sequence is over (or, backwards, has not begun) keep their state and give zeros.
    const alive = tf.tensor2d(lengths.map((length) => [Number(t < length)]));
    state = next.map((now, k) => tf.add(tf.mul(now, alive), tf.mul(state[k] as tf.Tensor, tf.sub(1, alive))));
    outputs[t] = tf.mul(next[0] as tf.Tensor, alive);
  }
  return { y: tf.stack(outputs), state };
}

function recurrent(call: OpCall, kind: Kind): tf.Tensor[] {
  const batchFirst = call.flag('layout');
  const x = batchFirst ? tf.transpose(call.tensor(0), [1, 0, 2]) : call.tensor(0);
  const [directions = 1] = call.shape(1);
  const hidden = call.shape(2)[2] as number;
  const batch = x.shape[1] as number;
  const lengths = call.has(4) ? [...call.numbers(4)] : null;
  const initialOf = (direction: number): State =>
    Array.from({ length: kind.states }, (_, k) => {
      if (!call.has(5 + k)) return tf.zeros([batch, hidden]);
      const given = call.tensor(5 + k);
      return ofDirection(batchFirst ? tf.transpose(given, [1, 0, 2]) : given, direction);
    });
  const runs = Array.from({ length: directions }, (_, d) =>
    runDirection(call, x, d, kind, initialOf(d), lengths),
  );
  const y = tf.stack(
    runs.map((run) => run.y),
    1,
  ); // [T, directions, B, H]
  const last = Array.from({ length: kind.states }, (_, k) =>
    tf.stack(runs.map(({ state }) => state[k] as tf.Tensor)),
  );
  if (!batchFirst) return [y, ...last].slice(0, call.node.outputs.length);
  const turned = last.map((state) => tf.transpose(state, [1, 0, 2]));
  return [tf.transpose(y, [2, 0, 1, 3]), ...turned].slice(0, call.node.outputs.length);
}

function recurrence(kind: Kind): Omit<Op, 'doc'> {
  return { hostInputs: [4], refuse: refuseActivations, run: (call) => recurrent(call, kind) };
}

export const RECURRENT = opTable({
  LSTM: recurrence({ gates: 4, states: 2, cell: lstmCell }),
  GRU: recurrence({ gates: 3, states: 1, cell: gruCell }),
  RNN: recurrence({ gates: 1, states: 1, cell: rnnCell }),
});
