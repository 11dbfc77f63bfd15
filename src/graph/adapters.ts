/**
 * @file What learns above a cut: parameters themselves, or small matrices beside them. An adapter is another way to
 * write a weight, `W + alpha / rank * A * B` with `W` fixed, so every operation that reads the weight, every gradient
 * and every export works with it unchanged.
 * Source: Hu et al. 2021, "LoRA" (https://arxiv.org/abs/2106.09685); bias-only: Ben Zaken et al. 2021, "BitFit".
 */
import { matchesNames } from '../core/name-pattern.ts';
import { createRng, deriveSeed } from '../core/rng.ts';
import type { Tuning } from '../core/train-settings.ts';
import { type Graph, isTrainable, type Node, type Parameter, valuesRead } from './model/ir.ts';
import { sizeOf } from './model/tensor-data.ts';

/** A weight, seen as a matrix `[rows, columns]` (columns: its last axis), that learns through `[rows, rank] x [rank, columns]`. */
export interface Adapter {
  readonly parameter: Parameter;
  readonly rows: number;
  readonly columns: number;
  readonly rank: number;
  /** The side of the input starts at random, that of the output at zero: which matrix is that of the input? */
  readonly inputSide: 'rows' | 'columns';
}

/** What of the nodes above a cut learns. */
export interface Opening {
  readonly parameters: readonly Parameter[];
  readonly adapters: readonly Adapter[];
}

/**
 * What learns under a way of tuning, among the parameters that some nodes read; in the order of their first use. What the
 * other nodes read too is frozen with them: changed, it would change the activations on which training rests.
 */
export function planOpening(graph: Graph, nodes: readonly Node[], tuning: Tuning): Opening {
  const { kind, names, rank } = tuning;
  const open = new Set(nodes);
  const frozen = new Set(graph.nodes.filter((node) => !open.has(node)).flatMap(valuesRead));
  const learning = [...new Set(nodes.flatMap(valuesRead))].flatMap((name) => {
    const parameter = frozen.has(name) ? undefined : graph.parameters.get(name);
    return parameter !== undefined && isTrainable(parameter) && matchesNames(names, name) ? [parameter] : [];
  });
  switch (kind) {
    case 'weights':
      return { parameters: learning, adapters: [] };
    case 'bias':
      return { parameters: learning.filter(({ role }) => role === 'bias' || role === 'beta'), adapters: [] };
    case 'lora': {
      const sides = inputSides(graph, nodes);
      const adapters = learning.flatMap((parameter) => adapterOf(parameter, sides.get(parameter.name), rank));
      return { parameters: [], adapters };
    }
  }
}

/** Numbers that learn. */
export function openingSize({ parameters, adapters }: Opening): number {
  const own = parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return adapters.reduce((sum, { rows, columns, rank }) => sum + rank * (rows + columns), own);
}

/** Names under which the two matrices of an adapter are kept; the second is kept multiplied by `alpha / rank`. */
export function adapterNames(parameter: string): readonly [a: string, b: string] {
  return [`${parameter}/lora-a`, `${parameter}/lora-b`];
}

/** The parameter to which a kept matrix belongs, or `null` for an ordinary weight. */
export function adaptedName(name: string): string | null {
  return /^(.*)\/lora-[ab]$/.exec(name)?.[1] ?? null;
}

/**
 * First values of the two matrices: uniform within `1 / sqrt(rank of the fan-in)` on the side of the input, zeros on
 * that of the output, so that training starts at the pre-trained weight. Shape: `[rows, rank]`, `[rank, columns]`.
 * Source: He et al. 2015 with a slope of sqrt(5), as LoRA's own code draws them.
 */
export function firstMatrices(adapter: Adapter, seed: number): readonly [Float32Array, Float32Array] {
  const { parameter, rows, columns, rank, inputSide } = adapter;
  const rng = createRng(deriveSeed(seed, parameter.name));
  const bound = 1 / Math.sqrt(inputSide === 'rows' ? rows : columns);
  const random = (size: number) => Float32Array.from({ length: size }, () => (2 * rng.next() - 1) * bound);
  return inputSide === 'rows'
    ? [random(rows * rank), new Float32Array(rank * columns)]
    : [new Float32Array(rows * rank), random(rank * columns)];
}

/** `weight + a * b` on the host, in a new array. Shape: `a [rows, rank]`, `b [rank, columns]`, already scaled. */
export function mergedWeight(
  weight: ArrayLike<number>,
  a: Float32Array,
  b: Float32Array,
  rank: number,
): Float32Array<ArrayBuffer> {
  const merged = Float32Array.from(weight);
  const columns = b.length / rank;
  for (let row = 0; row < a.length / rank; row++) {
    for (let k = 0; k < rank; k++) {
      const factor = a[row * rank + k] as number;
      for (let c = 0; c < columns; c++) {
        const at = row * columns + c;
        merged[at] = (merged[at] as number) + factor * (b[k * columns + c] as number);
      }
    }
  }
  return merged;
}

function adapterOf(
  parameter: Parameter,
  inputSide: Adapter['inputSide'] | undefined,
  wanted: number,
): Adapter[] {
  if (inputSide === undefined) return [];
  const columns = parameter.shape.at(-1) ?? 1;
  const rows = sizeOf(parameter.shape) / columns;
  const rank = Math.min(wanted, rows, columns);
  return rank < 1 ? [] : [{ parameter, rows, columns, rank, inputSide }];
}

/** Weights that are a matrix in at least one of their uses, and on which axis they meet the input there. */
function inputSides(graph: Graph, nodes: readonly Node[]): Map<string, Adapter['inputSide']> {
  const sides = new Map<string, Adapter['inputSide']>();
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  for (const node of nodes) {
    const { parameter, turned } = weightBehind(graph, makers, node.inputs[1] ?? '');
    const side = parameter === undefined ? null : inputSideOf(node, parameter);
    if (parameter === undefined || side === null) continue;
    sides.set(parameter.name, turned ? OTHER_SIDE[side] : side);
  }
  return sides;
}

const OTHER_SIDE = { rows: 'columns', columns: 'rows' } as const;

/** The parameter that a value is, as it is or turned: exporters leave `Transpose` and `Cast` between it and its use. */
function weightBehind(graph: Graph, makers: ReadonlyMap<string, Node>, value: string) {
  let name = value;
  let turned = false;
  for (let maker = makers.get(name); maker !== undefined; maker = makers.get(name)) {
    const { op, attributes, inputs } = maker;
    const isMatrix = (attributes['perm'] as readonly number[] | undefined)?.join() === '1,0';
    if (op === 'Transpose' && isMatrix) turned = !turned;
    else if (op !== 'Cast' && op !== 'Identity') break;
    name = inputs[0] ?? '';
  }
  return { parameter: graph.parameters.get(name), turned };
}

function inputSideOf({ op, attributes }: Node, { shape }: Parameter): Adapter['inputSide'] | null {
  switch (op) {
    case 'MatMul':
      return shape.length === 2 ? 'rows' : null;
    case 'Gemm':
    case 'com.microsoft:FusedMatMul':
      if (shape.length !== 2) return null;
      return Number(attributes['transB'] ?? 0) === 1 ? 'columns' : 'rows';
    case 'Conv': {
      // [...kernel, I / group, O]
      const isPoint = sizeOf(shape.slice(0, -2)) === 1;
      return isPoint && Number(attributes['group'] ?? 1) === 1 ? 'rows' : null;
    }
    default:
      return null;
  }
}
