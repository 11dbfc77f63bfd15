/** @file Activations and their slopes in one program each. */
import * as tf from '@tensorflow/tfjs-core';
import type { FusedActivation } from '../elementwise.ts';
import { columnSums } from './column-sums.ts';
import { dispose, type Gpu, reshaped, runProgram } from './program.ts';

const VALUES: Readonly<Record<FusedActivation, string>> = {
  relu: 'result = max(here_x, 0.0);',
  relu6: 'result = clamp(here_x, 0.0, 6.0);',
  'hard-sigmoid': 'result = clamp(here_x + 3.0, 0.0, 6.0) / 6.0;',
  'hard-swish': 'float value = here_x; result = value * clamp(value + 3.0, 0.0, 6.0) / 6.0;',
};

/** `GraftActivation`. */
export function activate(gpu: Gpu, inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap): tf.TensorInfo {
  const x = inputs['x'] as tf.TensorInfo;
  const kind = attrs['kind'] as FusedActivation;
  return runProgram(gpu, {
    name: kind,
    inputs: { x },
    text: VALUES[kind],
    shape: x.shape,
    // Of 0 it is a half.
    packed: kind !== 'hard-sigmoid' && x.shape.length <= 4,
  });
}

const SLOPES: Readonly<Record<FusedActivation, string>> = {
  relu: 'if (value > 0.0) { result = here_dy; }',
  relu6: 'if (value > 0.0 && value < 6.0) { result = here_dy; }',
  'hard-sigmoid': 'if (value > -3.0 && value < 3.0) { result = here_dy / 6.0; }',
  'hard-swish': `if (value > 3.0) { result = here_dy; }
    else if (value >= -3.0) { result = here_dy * (value / 3.0 + 0.5); }`,
};

/** `GraftActivationGradient`: the slopes times `dy`, and their sums over all axes but the last if they are wanted. */
export function activationSlopes(
  gpu: Gpu,
  inputs: tf.NamedTensorInfoMap,
  attrs: tf.NamedAttrMap,
): tf.TensorInfo[] {
  const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo };
  const kind = attrs['kind'] as FusedActivation;
  const slopes = runProgram(gpu, {
    name: `slope of ${kind}`,
    inputs: { x, dy },
    text: `float value = here_x; ${SLOPES[kind]}`,
    shape: x.shape,
    packed: x.shape.length <= 4,
  });
  if (attrs['sums'] !== true) return [slopes];
  const channels = x.shape.at(-1) ?? 1;
  const matrix = reshaped(gpu, slopes, [tf.util.sizeFromShape(x.shape) / channels, channels]);
  const row = columnSums(gpu, matrix);
  const sums = reshaped(gpu, row, [channels]);
  dispose(gpu, matrix, row);
  return [slopes, sums];
}
