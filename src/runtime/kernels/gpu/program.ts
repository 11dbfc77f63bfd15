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
  /**
   * Read as `getX(...)` for an input `x`, one index per axis, or as `here_x`: the element in the same place, broadcast to
   * the shape of the result.
   */
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  /** Whole numbers and others that the text names, with the prefix `u_`. */
  readonly ints?: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, number>>;
  /**
   * Statements that set `result`, in GLSL as far as it is like WGSL: a declaration is `int a = ...;`
   * or `float a = ...;`, every branch has braces, there is no `?:`, the text does not return,
   * and names are reserved in neither language (`from`, `filter` and `set` are).
   */
  readonly text: string;
  /** Of the result. A matrix has `row` and `column` in the text, a vector `column`. */
  readonly shape: readonly number[];
  /**
   * On WebGL four elements at once, as most kernels of tfjs have their tensors: no conversion before and after. For a text
   * that needs its elements only (`here_x`), and is 0 where all are: tensors are padded.
   */
  readonly packed?: boolean;
}

/** Runs a program. The caller disposes the result. */
export function runProgram(gpu: Gpu, computation: Computation): tf.TensorInfo {
  return gpu.name === 'webgpu' ? runWebgpu(gpu, computation) : runWebgl(gpu, computation);
}

const THREADS = 64;

function runWebgpu({ backend }: Gpu, given: Computation): tf.TensorInfo {
  const { inputs, ints = {}, floats = {}, shape } = given;
  const program: WebGPUProgram = {
    variableNames: Object.keys(inputs),
    outputShape: [...shape],
    uniforms: [
      ...Object.keys(ints).map((name) => `u_${name} : i32, `),
      ...Object.keys(floats).map((name) => `u_${name} : f32, `),
    ].join(''),
    workgroupSize: [THREADS, 1, 1],
    dispatchLayout: { x: shape.map((_, axis) => axis) },
    dispatch: [Math.ceil(tf.util.sizeFromShape([...shape]) / THREADS), 1, 1],
    size: true,
    shaderKey: `graft_${given.name}`,
    getUserCode: () => `
      fn main(index : i32) {
        if (index < uniforms.size) {
          ${wgsl(placeText(shape, 'getCoordsFromIndex(index)'))}
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

/** Declares the place of a result in a vector or a matrix. */
function placeText(shape: readonly number[], coordinates: string): string {
  if (shape.length === 1) return `int column = ${coordinates};`;
  return shape.length === 2 ? `int row = ${coordinates}[0]; int column = ${coordinates}[1];` : '';
}

function wgsl(text: string): string {
  return text
    .replace(/\bint (\w+)/g, 'var $1 : i32')
    .replace(/\bfloat (\w+)/g, 'var $1 : f32')
    .replace(/\bfloat\(/g, 'f32(')
    .replace(/\bu_(\w+)/g, 'uniforms.u_$1')
    .replace(
      /\bhere_(\w)(\w*)/g,
      (_, first: string, rest: string) => `get${first.toUpperCase()}${rest}ByOutputIndex(index)`,
    );
}

function runWebgl({ backend }: Gpu, given: Computation): tf.TensorInfo {
  const { inputs, ints = {}, floats = {}, shape } = given;
  const names = Object.keys(inputs);
  const program = {
    variableNames: names,
    outputShape: [...shape],
    customUniforms: [
      ...Object.keys(ints).map((name) => ({ name: `u_${name}`, type: 'int' as const })),
      ...Object.keys(floats).map((name) => ({ name: `u_${name}`, type: 'float' as const })),
    ],
    packedInputs: given.packed === true,
    packedOutput: given.packed === true,
    userCode: given.packed === true ? packedText(names, given.text) : plainText(given),
  };
  const values = [...Object.values(ints), ...Object.values(floats)].map((value) => [value]);
  return (backend as unknown as MathBackendWebGL).runWebGLProgram(
    program,
    Object.values(inputs),
    'float32',
    values,
  );
}

const hereText = (name: string) => `get${name.charAt(0).toUpperCase()}${name.slice(1)}AtOutCoords()`;

function plainText({ shape, text }: Computation): string {
  return `
    void main() {
      ${placeText(shape, 'getOutputCoords()')}
      float result = 0.0;
      ${text.replace(/\bhere_(\w+)/g, (_, name: string) => hereText(name))}
      setOutput(result);
    }`;
}

function packedText(names: readonly string[], text: string): string {
  const parts = ['r', 'g', 'b', 'a'].map(
    (part) => `one(${names.map((name) => `all_${name}.${part}`).join(', ')})`,
  );
  return `
    float one(${names.map((name) => `float here_${name}`).join(', ')}) {
      float result = 0.0;
      ${text}
      return result;
    }
    void main() {
      ${names.map((name) => `vec4 all_${name} = ${hereText(name)};`).join('\n')}
      setOutput(vec4(${parts.join(', ')}));
    }`;
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
