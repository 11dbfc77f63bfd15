import * as tf from '@tensorflow/tfjs-core';
import type { OpCall } from './call.ts';
import { stopGradient } from './gradient.ts';
import { onLastAxis } from './normalise.ts';
import { opTable } from './op.ts';

/** Negative log likelihood of the target classes. Shape: `[N, C, ...]`, targets `[N, ...]`, weights `[C]`. */
function likelihoodLoss(call: OpCall, logProbabilities: tf.Tensor): tf.Tensor {
  const targets = tf.cast(stopGradient(call.tensor(1)), 'int32');
  const classes = logProbabilities.shape[1] as number;
  const ignored = call.node.attributes['ignore_index'];
  const counted =
    typeof ignored === 'number'
      ? tf.cast(tf.notEqual(targets, tf.scalar(ignored, 'int32')), 'float32')
      : tf.ones(targets.shape);
  const last = logProbabilities.rank - 1;
  const perm = [0, ...logProbabilities.shape.map((_, axis) => axis).slice(2), 1];
  const rows = last === 1 ? logProbabilities : tf.transpose(logProbabilities, perm);
  const chosen = tf.cast(tf.oneHot(targets, classes), 'float32');
  const classWeights = call.has(2) ? call.tensor(2) : tf.ones([classes]);
  const weights = tf.mul(tf.sum(tf.mul(chosen, classWeights), -1), counted);
  const losses = tf.neg(tf.mul(tf.sum(tf.mul(rows, chosen), -1), weights));
  const reduction = call.text('reduction', 'mean');
  if (reduction === 'none') return losses;
  return reduction === 'sum' ? tf.sum(losses) : tf.div(tf.sum(losses), tf.sum(weights));
}

export const LOSS = opTable({
  NegativeLogLikelihoodLoss: { run: (call) => likelihoodLoss(call, call.tensor(0)) },
  SoftmaxCrossEntropyLoss: {
    run: (call) => {
      const logs = onLastAxis(call.tensor(0), 1, (x) => tf.logSoftmax(x));
      return [likelihoodLoss(call, logs), logs].slice(0, call.node.outputs.length);
    },
  },
});
