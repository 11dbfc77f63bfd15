/**
 * @file Finds a parameter of PyTorch in an imported graph by its values. Exporters rename parameters, turn them, join
 * them (queries, keys and values in one matrix) and write shared ones twice; the importer turns kernels. Test networks
 * hold no two equal parameters, so values tell which is which.
 */
import type { Parameter } from '../../graph/model/ir.ts';
import { permuted } from '../../graph/model/permute.ts';
import { sizeOf, toNumbers } from '../../graph/model/tensor-data.ts';

/** Where a parameter, its axes in another order, lies in one of the graph. */
export interface Copy {
  readonly name: string;
  /** Axis `i` of the copy is axis `perm[i]` of the parameter; axes of size 1 are left out of both. */
  readonly perm: readonly number[];
  /** Shape of the graph's parameter, without axes of size 1. */
  readonly shape: readonly number[];
  /** The axis along which the copy is a part of the graph's parameter, and where that part begins. */
  readonly axis: number;
  readonly start: number;
}

interface Reference {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Values agree within this share of the parameter's greatest number, beside what a tool may round. */
const TOLERANCE = 1e-5;

/**
 * All places of a parameter among those of the graph. Of a matrix some may be rounded and others not (a shared one of
 * which one use is quantised); vectors are looked for among the rounded ones only if they are nowhere exactly, since
 * those of normalisations are all close to 1.
 * @param rounding By how much values may differ, as a share of the parameter's greatest number.
 */
export function copiesOf(
  reference: Reference,
  candidates: readonly Parameter[],
  rounding: number,
): readonly Copy[] {
  const greatest = reference.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const rounded = () => copiesWithin((TOLERANCE + rounding) * greatest, reference, candidates);
  if (withoutOnes(reference.shape).length > 1) return rounded();
  const exact = copiesWithin(TOLERANCE * greatest, reference, candidates);
  return exact.length > 0 ? exact : rounded();
}

function copiesWithin(margin: number, reference: Reference, candidates: readonly Parameter[]): Copy[] {
  const shape = withoutOnes(reference.shape);
  const find = (candidate: Parameter) => copyIn(reference, shape, candidate, margin) ?? [];
  const found = candidates
    .filter((candidate) => sizeOf(candidate.shape) === reference.values.length)
    .flatMap(find);
  if (found.length > 0) return found;
  return candidates.filter((candidate) => sizeOf(candidate.shape) > reference.values.length).flatMap(find);
}

function withoutOnes(shape: readonly number[]): number[] {
  return shape.filter((size) => size !== 1);
}

function copyIn(
  reference: Reference,
  shape: readonly number[],
  candidate: Parameter,
  margin: number,
): Copy | null {
  const outer = withoutOnes(candidate.shape);
  if (outer.length !== shape.length) return null;
  const numbers = toNumbers(candidate);
  for (const perm of permutations(shape.length)) {
    const turnedShape = perm.map((axis) => shape[axis] as number);
    const differing = outer.flatMap((size, axis) => (size === turnedShape[axis] ? [] : [axis]));
    if (differing.length > 1) continue;
    const [axis = 0] = differing;
    const turned = turn(reference.values, shape, perm);
    const size = turnedShape[axis] ?? 1;
    for (let start = 0; start + size <= (outer[axis] ?? 1); start += size) {
      const part = partOf(numbers, outer, axis, start, size);
      if (
        part.length === turned.length &&
        part.every((value, i) => Math.abs(value - (turned[i] as number)) <= margin)
      ) {
        return { name: candidate.name, perm, shape: outer, axis, start };
      }
    }
  }
  return null;
}

function turn(values: Float32Array, shape: readonly number[], perm: readonly number[]): Float32Array {
  if (perm.length < 2) return values;
  return permuted({ dtype: 'float32', shape, data: values }, perm).data as Float32Array;
}

function* permutations(count: number): Generator<number[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (const rest of permutations(count - 1)) {
    for (let at = count - 1; at >= 0; at--) yield [...rest.slice(0, at), count - 1, ...rest.slice(at)];
  }
}

/** `size` slices of row-major values along an axis. */
function partOf(
  values: ArrayLike<number>,
  shape: readonly number[],
  axis: number,
  start: number,
  size: number,
): Float64Array {
  const inner = sizeOf(shape.slice(axis + 1));
  const whole = shape[axis] ?? 1;
  const outer = sizeOf(shape.slice(0, axis));
  return Float64Array.from({ length: outer * size * inner }, (_, i) => {
    const row = Math.floor(i / (size * inner));
    return values[row * whole * inner + start * inner + (i % (size * inner))] as number;
  });
}

/**
 * The gradient of a parameter in its own layout: the sum over its copies, since a change of it would change them all.
 * `null` if no copy has one.
 */
export function gradientFromCopies(
  { shape, values }: Reference,
  copies: readonly Copy[],
  gradients: ReadonlyMap<string, Float32Array>,
): Float32Array | null {
  let sum: Float32Array | null = null;
  for (const copy of copies) {
    const gradient = gradients.get(copy.name);
    if (gradient === undefined) continue;
    const turnedShape = copy.perm.map((axis) => withoutOnes(shape)[axis] as number);
    const part = partOf(gradient, copy.shape, copy.axis, copy.start, turnedShape[copy.axis] ?? 1);
    const inverse = copy.perm.map((_, axis) => copy.perm.indexOf(axis));
    const own = turn(Float32Array.from(part), turnedShape, inverse);
    const total: Float32Array = sum ?? new Float32Array(values.length);
    own.forEach((value, i) => (total[i] = (total[i] as number) + value));
    sum = total;
  }
  return sum;
}
