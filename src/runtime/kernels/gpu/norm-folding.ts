/** @file What a normalisation that is folded into a convolution costs beside it, in one program per tensor. */
import * as tf from '@tensorflow/tfjs-core';
import { columnSums } from './column-sums.ts';
import { dispose, type Gpu, reshaped, runProgram } from './program.ts';

/** `GraftNormScale`: `gamma / sqrt(variance + epsilon)`, `[O]`. */
export function normScale(gpu: Gpu, inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap): tf.TensorInfo {
  const { gamma, variance } = inputs as { gamma: tf.TensorInfo; variance: tf.TensorInfo };
  return runProgram(gpu, {
    name: 'normScale',
    inputs: { gamma, variance },
    floats: { epsilon: attrs['epsilon'] as number },
    text: 'result = here_gamma / sqrt(here_variance + u_epsilon);',
    shape: gamma.shape,
  });
}

/** `GraftNormShift`: `beta - (mean - bias) * scale`, `[O]`; `bias` may be missing. */
export function normShift(gpu: Gpu, given: tf.NamedTensorInfoMap): tf.TensorInfo {
  const inputs = given as Record<string, tf.TensorInfo> & { beta: tf.TensorInfo };
  const centre = inputs['bias'] ? '(here_mean - here_bias)' : 'here_mean';
  return runProgram(gpu, {
    name: `normShift of ${Object.keys(inputs).length}`,
    inputs,
    text: `result = here_beta - ${centre} * here_scale;`,
    shape: inputs.beta.shape,
  });
}

/** `GraftNormSlope`, the gradient of `gamma`: see `normSlope` in `../norm-folding.ts`. */
export function normSlope(gpu: Gpu, inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap): tf.TensorInfo {
  const { ofScaled, weight, ...vectors } = inputs as Record<string, tf.TensorInfo> & {
    ofScaled: tf.TensorInfo;
    weight: tf.TensorInfo;
  };
  const channels = ofScaled.shape.at(-1) ?? 1;
  const matrix = [tf.util.sizeFromShape(ofScaled.shape) / channels, channels];
  const [a, b] = [reshaped(gpu, ofScaled, matrix), reshaped(gpu, weight, matrix)];
  const row = columnSums(gpu, a, b);
  const ofWeights = reshaped(gpu, row, [channels]);
  const centre = vectors['bias'] ? '(here_mean - here_bias)' : 'here_mean';
  const slope = runProgram(gpu, {
    name: `normSlope of ${Object.keys(vectors).length}`,
    inputs: { ...vectors, ofWeights },
    floats: { epsilon: attrs['epsilon'] as number },
    text: `result = (here_ofWeights - ${centre} * here_sums) / sqrt(here_variance + u_epsilon);`,
    shape: [channels],
  });
  dispose(gpu, a, b, row, ofWeights);
  return slope;
}
