import { registerAdamWKernel } from './adamw.ts';
import { conv3dBackpropFilter, conv3dBackpropInput } from './conv-3d-backprop.ts';
import { conv2dBackpropFilter, conv2dBackpropInput } from './conv-backprop.ts';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise-backprop.ts';
import { registerElementwiseKernels } from './elementwise.ts';
import { registerFasterGradients } from './faster-gradients.ts';
import { registerFasterKernels } from './faster-kernels.ts';
import { maxPool3d, maxPool3dGrad, maxPoolGrad } from './max-pool.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';
import { registerWasmKernel } from './wasm-heap.ts';

/** Gives the WASM back-end the kernels that training needs; any tfjs code gains them. Call it before it starts. */
export function registerWasmKernels(): void {
  registerWasmKernel('Conv2DBackpropFilter', conv2dBackpropFilter);
  registerWasmKernel('Conv2DBackpropInput', conv2dBackpropInput);
  registerWasmKernel('DepthwiseConv2dNativeBackpropFilter', depthwiseBackpropFilter);
  registerWasmKernel('DepthwiseConv2dNativeBackpropInput', depthwiseBackpropInput);
  registerWasmKernel('UnsortedSegmentSum', unsortedSegmentSum);
  registerWasmKernel('Conv3DBackpropFilterV2', conv3dBackpropFilter);
  registerWasmKernel('Conv3DBackpropInputV2', conv3dBackpropInput);
  registerWasmKernel('MaxPool3D', maxPool3d);
  registerWasmKernel('MaxPool3DGrad', maxPool3dGrad);
  registerWasmKernel('MaxPoolGrad', maxPoolGrad);
  registerElementwiseKernels();
  registerAdamWKernel();
  registerFasterKernels();
  registerFasterGradients();
}
