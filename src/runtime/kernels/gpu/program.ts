/**
 * @file One text for the shaders of both back-ends of the GPU: GLSL, of which WGSL is made by renaming types. A program
 * computes each element of a matrix alone, neighbours along the last axis in neighbouring threads.
 */
import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import type { WebGPUBackend, WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';

export type GpuName = 'webgl' | 'webgpu';

/** A back-end of the GPU as kernels get it. */
export interface Gpu {
  readonly name: GpuName;
  readonly backend: Pick<tf.KernelBackend, 'disposeData'>;
}

/** What is computed, see {@link runProgram}. */
export interface Computation {
  /** Says everything that the text depends on. */
  readonly name: string;
  /** Read as `getX(...)` for an input `x`, one index per axis. */
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  /** Whole numbers and others that the text names, with the prefix `u_`. */
  readonly ints?: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, number>>;
  /**
   * Statements that set `result` from `row` and `column`, in GLSL as far as it is like WGSL: a declaration is `int a = ...;`
   * or `float a = ...;`, every branch has braces, there is no `?:`, the text does not return,
   * and names are reserved in neither language (`from`, `filter` and `set` are).
   */
  readonly text: string;
  readonly rows: number;
  readonly columns: number;
}

/** Runs a program. Shape: `[rows, columns]`. The caller disposes the result. */
export function runProgram(gpu: Gpu, computation: Computation): tf.TensorInfo {
  return gpu.name === 'webgpu' ? runWebgpu(gpu, computation) : runWebgl(gpu, computation);
}

const THREADS = 64;

function runWebgpu({ backend }: Gpu, given: Computation): tf.TensorInfo {
  const { inputs, ints = {}, floats = {}, rows, columns } = given;
  const program: WebGPUProgram = {
    variableNames: Object.keys(inputs),
    outputShape: [rows, columns],
    uniforms: [
      ...Object.keys(ints).map((name) => `u_${name} : i32, `),
      ...Object.keys(floats).map((name) => `u_${name} : f32, `),
    ].join(''),
    workgroupSize: [THREADS, 1, 1],
    dispatchLayout: { x: [0, 1] },
    dispatch: [Math.ceil((rows * columns) / THREADS), 1, 1],
    size: true,
    shaderKey: `graft_${given.name}`,
    getUserCode: () => `
      fn main(index : i32) {
        if (index < uniforms.size) {
          let coords = getCoordsFromIndex(index);
          let row = coords[0];
          let column = coords[1];
          var result : f32 = 0.0;
          ${wgsl(given.text)}
          setOutputAtIndex(index, result);
        }
      }`,
  };
  return (backend as unknown as WebGPUBackend).runWebGPUProgram(program, Object.values(inputs), 'float32', [
    ...Object.values(ints).map((value) => ({ type: 'int32', data: [value] })),
    ...Object.values(floats).map((value) => ({ type: 'float32', data: [value] })),
  ]);
}

function wgsl(text: string): string {
  return text
    .replace(/\bint (\w+)/g, 'var $1 : i32')
    .replace(/\bfloat (\w+)/g, 'var $1 : f32')
    .replace(/\bfloat\(/g, 'f32(')
    .replace(/\bu_(\w+)/g, 'uniforms.u_$1');
}

function runWebgl({ backend }: Gpu, given: Computation): tf.TensorInfo {
  const { inputs, ints = {}, floats = {}, rows, columns } = given;
  const program = {
    variableNames: Object.keys(inputs),
    outputShape: [rows, columns],
    customUniforms: [
      ...Object.keys(ints).map((name) => ({ name: `u_${name}`, type: 'int' as const })),
      ...Object.keys(floats).map((name) => ({ name: `u_${name}`, type: 'float' as const })),
    ],
    userCode: `
      void main() {
        ivec2 coords = getOutputCoords();
        int row = coords.x;
        int column = coords.y;
        float result = 0.0;
        ${given.text}
        setOutput(result);
      }`,
  };
  const values = [...Object.values(ints), ...Object.values(floats)].map((value) => [value]);
  return (backend as unknown as MathBackendWebGL).runWebGLProgram(
    program,
    Object.values(inputs),
    'float32',
    values,
  );
}

/** Runs a kernel of tfjs from within another. The caller disposes the result. */
export function runKernel(
  { name, backend }: Gpu,
  kernel: string,
  inputs: tf.NamedTensorInfoMap,
  attrs: Readonly<Record<string, unknown>> = {},
): tf.TensorInfo {
  const { kernelFunc } = tf.getKernel(kernel, name);
  return kernelFunc({ inputs, backend, attrs: attrs as unknown as tf.NamedAttrMap }) as tf.TensorInfo;
}

/** The same data in another shape: a reference more, to be disposed like a copy. */
export function reshaped(gpu: Gpu, x: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo {
  return runKernel(gpu, 'Reshape', { x }, { shape: [...shape] });
}

export function dispose({ backend }: Gpu, ...infos: readonly tf.TensorInfo[]): void {
  for (const { dataId } of infos) backend.disposeData(dataId);
}

/** What {@link tryFirst} puts before a kernel; `null` leaves the work to that kernel. */
export type Attempt = (
  gpu: Gpu,
  inputs: tf.NamedTensorInfoMap,
  attrs: tf.NamedAttrMap,
) => tf.TensorInfo | null;

const replaced = new Set<string>();

/** Puts an attempt before tfjs's kernel on a back-end, once. */
export function tryFirst(name: GpuName, kernelName: string, attempt: Attempt): void {
  const key = `${name} ${kernelName}`;
  if (replaced.has(key)) return;
  replaced.add(key);
  const original = tf.getKernel(kernelName, name);
  tf.unregisterKernel(kernelName, name);
  tf.registerKernel({
    ...original,
    kernelFunc: (given) => {
      const gpu = { name, backend: given.backend as Gpu['backend'] };
      return attempt(gpu, given.inputs, given.attrs ?? {}) ?? original.kernelFunc(given);
    },
  });
}
