import type { BackendName } from '../../core/device.ts';

export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/**
 * As the runner of ONNX compares.
 * Source: https://github.com/onnx/onnx/blob/main/onnx/backend/test/loader/__init__.py.
 */
const USUAL: Tolerance = { relative: 1e-3, absolute: 1e-7 };

interface Exception extends Partial<Tolerance> {
  readonly cases: RegExp;
  /** Default: all. */
  readonly backends?: readonly BackendName[];
}

const EXCEPTIONS: readonly Exception[] = [
  // What is expected was made by cutting a float32 to its upper 16 bits; the specification rounds.
  { cases: /_to_BFLOAT16/, relative: 2 ** -7 },
  // What is expected was computed with an epsilon of 1e-2, but the node has none, and the default is 1e-6.
  { cases: /^test_adam_multiple$/, relative: 1e-2 },
  // Graphics APIs promise a quotient to 2.5 units in the last place only; here -2.5 by the scale is next to a half, which
  // a quantum hangs on. Source: https://www.w3.org/TR/WGSL/#floating-point-accuracy.
  { cases: /^test_dynamicquantizelinear(_expanded)?$/, backends: ['webgl', 'webgpu'], absolute: 1 },
  // Graphics APIs promise sines and cosines to 2^-11 only, and these windows are differences of cosines.
  // Source: https://registry.khronos.org/vulkan/specs/latest/html/chap56.html, "Precision and Operation".
  { cases: /^test_blackmanwindow/, backends: ['webgl', 'webgpu'], absolute: 2 ** -11 },
];

/** How far a case may be from what is expected. */
export function toleranceOf(name: string, backend: string): Tolerance {
  const applies = ({ cases, backends }: Exception) =>
    cases.test(name) && (backends === undefined || backends.some((known) => known === backend));
  return { ...USUAL, ...EXCEPTIONS.find(applies) };
}
