import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../model/tensor-data.ts';
import type { OpCall } from './call.ts';
import { type Op, opTable, type Result } from './op.ts';
import { hostValue } from './value.ts';

/** Drops elements while training, else passes its input on. The mask says what was kept. */
function dropout(call: OpCall): Result[] {
  const x = call.tensor(0);
  const asked = call.has(2) && call.numbers(2)[0] !== 0;
  const ratio = call.has(1) ? (call.numbers(1)[0] ?? 0.5) : call.number('ratio', 0.5);
  const wantsMask = (call.node.outputs[1] ?? '') !== '';
  if ((!asked && !call.mode.training) || ratio === 0) {
    if (!wantsMask) return [call.value(0)];
    const all = hostValue(new Float64Array(sizeOf(x.shape)).fill(1), x.shape, 'bool');
    return [call.value(0), all];
  }
  const scale = 1 / (1 - ratio);
  const factors = Float32Array.from({ length: x.size }, () => (call.mode.random() >= ratio ? scale : 0));
  const y = tf.mul(x, tf.tensor(factors, x.shape));
  return wantsMask
    ? [
        y,
        hostValue(
          factors.map((factor) => Number(factor > 0)),
          x.shape,
          'bool',
        ),
      ]
    : [y];
}

/** Inputs of an optimiser: rate, step, then for each kind of tensor one per parameter. */
interface Update {
  readonly rate: tf.Tensor;
  readonly step: number;
  readonly parameter: tf.Tensor;
  readonly gradient: tf.Tensor;
  readonly states: readonly tf.Tensor[];
}

/** An optimiser step: results are all parameters, then all of each state. */
function optimizer(states: number, update: (call: OpCall, inputs: Update) => tf.Tensor[]): Omit<Op, 'doc'> {
  return {
    hostInputs: [1],
    differentiable: false,
    run: (call) => {
      const count = (call.count - 2) / (states + 2);
      const results = Array.from({ length: count }, (_, i) => {
        const at = (kind: number) => call.tensor(2 + kind * count + i);
        const parameter = at(0);
        const decay = call.number('norm_coefficient', 0);
        const gradient = tf.add(at(1), tf.mul(parameter, decay));
        const own = Array.from({ length: states }, (__, k) => at(2 + k));
        return update(call, {
          rate: call.tensor(0),
          step: call.numbers(1)[0] ?? 0,
          parameter,
          gradient,
          states: own,
        });
      });
      return Array.from({ length: states + 1 }, (_, k) =>
        results.map((result) => result[k] as tf.Tensor),
      ).flat();
    },
  };
}

/** Source: Duchi et al. 2011, "Adaptive Subgradient Methods". */
function adagrad(call: OpCall, { rate, step, parameter, gradient, states }: Update): tf.Tensor[] {
  const slowed = tf.div(rate, 1 + step * call.number('decay_factor', 0));
  const squares = tf.add(states[0] as tf.Tensor, tf.mul(gradient, gradient));
  const scaled = tf.div(tf.mul(slowed, gradient), tf.add(tf.sqrt(squares), call.number('epsilon', 1e-6)));
  return [tf.sub(parameter, scaled), squares];
}

/** Source: Kingma and Ba 2015, "Adam". */
function adam(call: OpCall, { rate, step, parameter, gradient, states }: Update): tf.Tensor[] {
  const [alpha, beta] = [call.number('alpha', 0.9), call.number('beta', 0.999)];
  const mean = tf.add(tf.mul(states[0] as tf.Tensor, alpha), tf.mul(gradient, 1 - alpha));
  const square = tf.add(tf.mul(states[1] as tf.Tensor, beta), tf.mul(tf.mul(gradient, gradient), 1 - beta));
  const corrected = step > 0 ? tf.mul(rate, Math.sqrt(1 - beta ** step) / (1 - alpha ** step)) : rate;
  const moved = tf.div(tf.mul(corrected, mean), tf.add(tf.sqrt(square), call.number('epsilon', 1e-6)));
  const next = tf.sub(parameter, moved);
  return [tf.mul(next, 1 - call.number('norm_coefficient_post', 0)), mean, square];
}

/** Source: Sutskever et al. 2013, "On the importance of initialization and momentum". */
function momentum(call: OpCall, { rate, step, parameter, gradient, states }: Update): tf.Tensor[] {
  const alpha = call.number('alpha', 0);
  const beta = step > 0 ? call.number('beta', 0) : 1;
  const velocity = tf.add(tf.mul(states[0] as tf.Tensor, alpha), tf.mul(gradient, beta));
  const nesterov = call.text('mode', 'standard') === 'nesterov';
  const direction = nesterov ? tf.add(gradient, tf.mul(velocity, alpha)) : velocity;
  return [tf.sub(parameter, tf.mul(rate, direction)), velocity];
}

const PREVIEW = 'ai.onnx.preview.training';

export const TRAINING = opTable({
  Dropout: { hostInputs: [1, 2], random: true, run: dropout },
  [`${PREVIEW}:Adagrad`]: optimizer(1, adagrad),
  [`${PREVIEW}:Adam`]: optimizer(2, adam),
  [`${PREVIEW}:Momentum`]: optimizer(1, momentum),
});
