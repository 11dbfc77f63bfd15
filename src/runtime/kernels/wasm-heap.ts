/** @file Access to tensors on the heap of the WASM back-end, and its other kernels, for kernels written here. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/** The part of the WASM back-end that kernels use. */
export type WasmHeap = Pick<
  BackendWasm,
  'makeOutput' | 'typedArrayFromHeap' | 'disposeData' | 'getMemoryOffset' | 'incRef'
>;

/** What tfjs hands to a kernel, with the back-end's type. */
export interface WasmKernelArgs {
  readonly inputs: tf.NamedTensorInfoMap;
  readonly backend: WasmHeap;
  readonly attrs: tf.NamedAttrMap;
}

/** Registers a kernel for 'wasm', in place of tfjs's own if it has one. */
export function registerWasmKernel(
  kernelName: string,
  kernel: (args: WasmKernelArgs) => tf.TensorInfo | tf.TensorInfo[],
): void {
  if ((tf.getKernel(kernelName, 'wasm') as tf.KernelConfig | undefined) !== undefined) {
    tf.unregisterKernel(kernelName, 'wasm');
  }
  tf.registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) =>
      kernel({ inputs, backend: backend as WasmHeap, attrs: attrs ?? {} }),
  });
}

/** An input that the caller of the kernel always gives. */
export function input(args: Pick<WasmKernelArgs, 'inputs'>, name: string): tf.TensorInfo {
  const info = args.inputs[name];
  if (info === undefined) throw new Error(`The kernel expects the input "${name}".`);
  return info;
}

/**
 * A view of a tensor's floats on the heap. Take it after all outputs are allocated: allocating can grow the heap,
 * and then older views are detached.
 */
export function floats(backend: WasmHeap, info: tf.TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(info) as Float32Array;
}

/** Like {@link floats}, for int32 tensors. */
export function ints(backend: WasmHeap, info: tf.TensorInfo): Int32Array {
  return backend.typedArrayFromHeap(info) as Int32Array;
}

/** Address of a tensor's first byte. Stays as it is when the heap grows. */
export function pointer(backend: WasmHeap, info: tf.TensorInfo): number {
  return backend.getMemoryOffset(info.dataId);
}

/** A fresh float32 tensor; its memory is not cleared. */
export function allocate(backend: WasmHeap, shape: readonly number[]): tf.TensorInfo {
  return backend.makeOutput([...shape], 'float32');
}

/** Runs another kernel of the WASM back-end. The caller disposes the result. */
export function callKernel(
  backend: WasmHeap,
  kernelName: string,
  inputs: tf.NamedTensorInfoMap,
  attrs: tf.NamedAttrMap,
): tf.TensorInfo {
  return tf.getKernel(kernelName, 'wasm').kernelFunc({ inputs, backend, attrs }) as tf.TensorInfo;
}

/** The same data in another shape, without a copy and without a claim on the data. */
export function viewAs(info: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo {
  return { dataId: info.dataId, dtype: info.dtype, shape: [...shape] };
}
