/** @file Kernels of tfjs that are wrong on WebGPU, put right on top of its others. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';

/** What kernels use of the back-end. */
type Buffers = Pick<WebGPUBackend, 'makeTensorInfo' | 'disposeData'>;

type Kernel = (args: Parameters<tf.KernelFunc>[0]) => tf.TensorInfo;

const replaced = new Set<string>();

/** Call it after the kernels of tfjs are there; again does nothing. */
export function registerWebgpuKernels(): void {
  replace('Cast', realCast);
  replace('Prod', keptAxes);
  replace('Transpose', transposeAsFloats);
  replace('Cumsum', forwards);
  replace('Cumprod', forwards);
}

function replace(name: string, make: (own: Kernel) => Kernel): void {
  if (replaced.has(name)) return;
  replaced.add(name);
  const config = tf.getKernel(name, 'webgpu');
  tf.unregisterKernel(name, 'webgpu');
  tf.registerKernel({ ...config, kernelFunc: make(config.kernelFunc as Kernel) });
}

/**
 * tfjs calls integers floats and leaves the buffer as it is; kernels that move elements (transposes, slices, pools)
 * then read the bits of the one as the other. A product with 1 converts.
 */
function realCast(own: Kernel): Kernel {
  return (args) => {
    const x = args.inputs['x'] as tf.TensorInfo;
    const whole = x.dtype === 'int32' || x.dtype === 'bool';
    if (!whole || args.attrs?.['dtype'] !== 'float32') return own(args);
    const backend = args.backend as Buffers;
    const one = backend.makeTensorInfo([], 'float32', Float32Array.of(1));
    const { kernelFunc: multiply } = tf.getKernel('Multiply', 'webgpu');
    const product = multiply({ inputs: { a: x, b: one }, backend, attrs: {} }) as tf.TensorInfo;
    backend.disposeData(one.dataId);
    return product;
  };
}

/** The transposing shader of tfjs does not compile for integers, and what the memory held before is the result. */
function transposeAsFloats(own: Kernel): Kernel {
  return (args) => {
    const x = args.inputs['x'] as tf.TensorInfo;
    if (x.dtype === 'float32') return own(args);
    const backend = args.backend as Buffers;
    const cast = (info: tf.TensorInfo, dtype: tf.DataType) =>
      tf
        .getKernel('Cast', 'webgpu')
        .kernelFunc({ inputs: { x: info }, backend, attrs: { dtype } }) as tf.TensorInfo;
    const floats = cast(x, 'float32');
    const turned = own({ ...args, inputs: { x: floats } });
    const result = cast(turned, x.dtype);
    backend.disposeData(floats.dataId);
    backend.disposeData(turned.dataId);
    return result;
  };
}

/**
 * Backwards, the shader of tfjs has the length of the axis in its text but not in its key: the first length that was
 * asked for is used for all. The reverse of the reverse has none.
 */
function forwards(own: Kernel): Kernel {
  return (args) => {
    if (args.attrs?.['reverse'] !== true) return own(args);
    const { attrs } = args;
    const backend = args.backend as Buffers;
    const turned = (x: tf.TensorInfo) =>
      tf
        .getKernel('Reverse', 'webgpu')
        .kernelFunc({ inputs: { x }, backend, attrs: { dims: [attrs['axis'] as number] } }) as tf.TensorInfo;
    const x = turned(args.inputs['x'] as tf.TensorInfo);
    const result = own({ ...args, inputs: { x }, attrs: { ...attrs, reverse: false } });
    const back = turned(result);
    backend.disposeData(x.dataId);
    backend.disposeData(result.dataId);
    return back;
  };
}

/** Small products are computed on the host, where tfjs forgets `keepDims`. */
function keptAxes(own: Kernel): Kernel {
  return (args) => {
    const product = own(args);
    const x = args.inputs['x'] as tf.TensorInfo;
    if (args.attrs?.['keepDims'] !== true || product.shape.length === x.shape.length) return product;
    const axes = tf.util.parseAxisParam(args.attrs['axis'] as number | number[], x.shape);
    return { ...product, shape: tf.backend_util.expandShapeToKeepDim(product.shape, axes) };
  };
}
