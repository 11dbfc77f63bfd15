import * as tf from '@tensorflow/tfjs-core';
import { activate, activationSlopes } from './activations.ts';
import { leadingSum } from './column-sums.ts';
import { convFilterGradient, depthwiseFilterGradient, pointwiseInputGradient } from './conv-gradients.ts';
import { normScale, normShift, normSlope } from './norm-folding.ts';
import { adamW, sgd } from './optimizers.ts';
import { type Gpu, type GpuName, tryFirst } from './program.ts';

/**
 * Puts kernels for training before those of tfjs; any tfjs code gains them. Call it after tfjs has registered its own;
 * again does nothing. WebGL 1 keeps those of tfjs: its loops have fixed lengths.
 */
export function registerGpuKernels(name: GpuName): void {
  if (name === 'webgl' && tf.env().getNumber('WEBGL_VERSION') !== 2) return;
  tryFirst(name, 'Sum', leadingSum);
  tryFirst(name, 'Conv2DBackpropFilter', convFilterGradient);
  tryFirst(name, 'Conv2DBackpropInput', pointwiseInputGradient);
  tryFirst(name, 'DepthwiseConv2dNativeBackpropFilter', depthwiseFilterGradient);
  own(name, 'GraftActivation', activate);
  own(name, 'GraftActivationGradient', activationSlopes);
  own(name, 'GraftAdamW', adamW);
  own(name, 'GraftSgd', sgd);
  own(name, 'GraftNormScale', normScale);
  own(name, 'GraftNormShift', normShift);
  own(name, 'GraftNormSlope', normSlope);
}

type OwnKernel = (
  gpu: Gpu,
  inputs: tf.NamedTensorInfoMap,
  attrs: tf.NamedAttrMap,
) => tf.TensorInfo | tf.TensorInfo[];

/** A kernel that tfjs has none of. */
function own(name: GpuName, kernelName: string, run: OwnKernel): void {
  if ((tf.getKernel(kernelName, name) as tf.KernelConfig | undefined) !== undefined) return;
  tf.registerKernel({
    kernelName,
    backendName: name,
    kernelFunc: ({ inputs, backend, attrs }) =>
      run({ name, backend: backend as Gpu['backend'] }, inputs, attrs ?? {}),
  });
}
