import * as tf from '@tensorflow/tfjs-core';
import type { OpCall } from './call.ts';
import { stopGradient } from './gradient.ts';
import { onLastAxis } from './normalise.ts';
import { opTable } from './op.ts';

/** Negative log likelihood of the target classes. Shape: `[N, C, ...]`, targets `[N, ...]`, weights `[C]`. */
function likelihoodLoss(call: OpCall, logProbabilities: tf.Tensor): tf.Tensor {
  const given = call.tensor(1);
  const [count = 0, classes = 0] = logProbabilities.shape;
  const places = given.size / count;
  const targets = tf.reshape(tf.cast(stopGradient(given), 'int32'), [count, places]);
  const ignored = call.node.attributes['ignore_index'];
  const counted =
    typeof ignored === 'number'
      ? tf.cast(tf.notEqual(targets, tf.scalar(ignored, 'int32')), 'float32')
      : tf.ones(targets.shape);
  const columns = tf.reshape(logProbabilities, [count, classes, places]);
  const rows = places === 1 ? tf.reshape(columns, [count, 1, classes]) : tf.transpose(columns, [0, 2, 1]);
  const chosen = tf.cast(tf.oneHot(targets, classes), 'float32');
  const classWeights = call.has(2) ? call.tensor(2) : tf.ones([classes]);
  const weights = tf.mul(tf.sum(tf.mul(chosen, classWeights), -1), counted);
  const losses = tf.neg(tf.mul(tf.sum(tf.mul(rows, chosen), -1), weights));
  const reduction = call.text('reduction', 'mean');
  if (reduction === 'none') return tf.reshape(losses, given.shape);
  return reduction === 'sum' ? tf.sum(losses) : tf.div(tf.sum(losses), tf.sum(weights));
}

export const LOSS = opTable({
  NegativeLogLikelihoodLoss: { run: (call) => likelihoodLoss(call, call.tensor(0)) },
  SoftmaxCrossEntropyLoss: {
    run: (call) => {
      const scores = call.tensor(0);
      const [count = 0, classes = 0] = scores.shape;
      const columns = tf.reshape(scores, [count, classes, -1]);
      const logs = tf.reshape(
        onLastAxis(columns, 1, (x) => tf.logSoftmax(x)),
        scores.shape,
      );
      return [likelihoodLoss(call, logs), logs].slice(0, call.node.outputs.length);
    },
  },
});
