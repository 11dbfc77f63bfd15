import * as tf from '@tensorflow/tfjs-core';
import { leadingSum } from './column-sums.ts';
import { convFilterGradient, depthwiseFilterGradient, pointwiseInputGradient } from './conv-gradients.ts';
import { type GpuName, tryFirst } from './program.ts';

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
}
