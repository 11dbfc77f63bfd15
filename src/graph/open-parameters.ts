import * as tf from '@tensorflow/tfjs-core';
import { ALL_WEIGHTS, type Tuning } from '../core/train-settings.ts';
import { type Adapter, adapterNames, firstMatrices, openingSize, planOpening } from './adapters.ts';
import type { Graph, Node, Parameter } from './model/ir.ts';
import { toComputeValues } from './model/tensor-data.ts';
import type { OpenOptions, OpenParameter, WeightMap } from './trunk-network.ts';

/** Every weight. */
export const OPEN_ALL: OpenOptions = { tuning: ALL_WEIGHTS, seed: 0 };

/** An adapter on the back-end. `B` is the variable; `scale` is `alpha / rank`. */
interface Matrices {
  readonly adapter: Adapter;
  readonly a: tf.Variable;
  readonly b: tf.Variable;
  readonly scale: number;
  /** The weight itself, which stays. */
  readonly weight: tf.Tensor;
}

/**
 * What changes while some nodes of a graph learn, as variables on the active back-end: parameters, adapters, and the
 * running statistics that follow the batches.
 * Owns: its variables, until {@link dispose}.
 */
export class OpenParameters {
  /** Those that the optimiser moves. */
  readonly learning: readonly OpenParameter[];
  private readonly variables = new Map<string, tf.Variable>();
  private readonly adapters = new Map<string, Matrices>();
  private readonly statistics = new Set<string>();
  private followed = false;
  private readonly graph: Graph;

  constructor(graph: Graph, nodes: readonly Node[], { tuning, seed }: OpenOptions) {
    this.graph = graph;
    const { parameters, adapters } = planOpening(graph, nodes, tuning);
    const learning: OpenParameter[] = [];
    try {
      for (const parameter of parameters) {
        const variable = variableOf(parameter.shape, floatsOf(parameter), true);
        this.variables.set(parameter.name, variable);
        const decay = parameter.role === 'weight' || parameter.role === 'embedding';
        learning.push({ name: parameter.name, variable, decay });
      }
      for (const adapter of adapters) {
        const matrices = createMatrices(adapter, tuning.alpha, seed);
        this.adapters.set(adapter.parameter.name, matrices);
        const [nameOfA, nameOfB] = adapterNames(adapter.parameter.name);
        learning.push({ name: nameOfA, variable: matrices.a, decay: true });
        learning.push({ name: nameOfB, variable: matrices.b, decay: true });
      }
    } catch (thrown) {
      // Memory may run out half-way; what was made so far has no other owner.
      this.dispose();
      throw thrown;
    }
    this.learning = learning;
  }

  /** Whether a parameter learns, itself or through an adapter. */
  changes(name: string): boolean {
    return this.variables.has(name) || this.adapters.has(name);
  }

  /** Parameters that are no constants while the open part learns. */
  names(): ReadonlySet<string> {
    return new Set([...this.variables.keys(), ...this.adapters.keys()]);
  }

  /**
   * Tensors in place of parameters for one forward pass. Call it, and what it returns, inside the scope of the pass:
   * weights with adapters are put together there, once each.
   */
  forPass(): (name: string) => tf.Tensor | undefined {
    const merged = new Map<string, tf.Tensor>();
    return (name) => {
      const matrices = this.adapters.get(name);
      if (matrices === undefined) return this.variables.get(name);
      const known = merged.get(name) ?? withAdapter(matrices);
      merged.set(name, known);
      return known;
    };
  }

  /** Running statistics that will {@link follow} the batches. */
  followBatches(names: readonly string[]): void {
    for (const name of names) {
      const parameter = this.graph.parameters.get(name);
      if (parameter !== undefined) {
        this.variables.set(name, variableOf(parameter.shape, floatsOf(parameter), false));
        this.statistics.add(name);
      }
    }
  }

  /** Lets a running statistic follow. */
  follow(name: string, now: tf.Tensor): void {
    this.followed = true;
    this.variables.get(name)?.assign(now);
  }

  /** A copy of everything that may have changed. Of an adapter its two matrices, the second scaled. */
  async weights(): Promise<WeightMap> {
    const changed = [...this.variables].filter(([name]) => this.followed || !this.statistics.has(name));
    const entries = changed.map(async ([name, variable]) => [name, await copied(variable)] as const);
    const matrices = [...this.adapters].flatMap(([name, { a, b, scale }]) => {
      const [nameOfA, nameOfB] = adapterNames(name);
      return [
        copied(a).then((value) => [nameOfA, value] as const),
        copied(b, scale).then((value) => [nameOfB, value] as const),
      ];
    });
    return new Map(await Promise.all([...entries, ...matrices]));
  }

  /** Takes over values as from {@link weights}; names that are not open are passed over. */
  restore(weights: WeightMap): void {
    const scales = new Map<string, readonly [tf.Variable, number]>();
    for (const [name, variable] of this.variables) scales.set(name, [variable, 1]);
    for (const [name, { a, b, scale }] of this.adapters) {
      const [nameOfA, nameOfB] = adapterNames(name);
      scales.set(nameOfA, [a, 1]);
      scales.set(nameOfB, [b, scale]);
    }
    for (const [name, { data }] of weights) {
      const [variable, scale] = scales.get(name) ?? [];
      if (variable === undefined || scale === undefined) continue;
      if (this.statistics.has(name)) this.followed = true;
      const values = data.map((value) => value / scale);
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape, 'float32')));
    }
  }

  dispose(): void {
    tf.dispose([...this.variables.values()]);
    for (const { a, b, weight } of this.adapters.values()) tf.dispose([a, b, weight]);
  }
}

/** Numbers that learn above a cut. */
export function learningSize(graph: Graph, nodes: readonly Node[], tuning: Tuning): number {
  return openingSize(planOpening(graph, nodes, tuning));
}

function createMatrices(adapter: Adapter, alpha: number, seed: number): Matrices {
  const { parameter, rows, columns, rank } = adapter;
  const [first, second] = firstMatrices(adapter, seed);
  const made: tf.Tensor[] = [];
  try {
    const a = variableOf([rows, rank], first, true);
    made.push(a);
    const b = variableOf([rank, columns], second, true);
    made.push(b);
    const weight = tf.tensor(floatsOf(parameter), [...parameter.shape], 'float32');
    return { adapter, a, b, scale: alpha / rank, weight };
  } catch (thrown) {
    tf.dispose(made);
    throw thrown;
  }
}

/** `W + scale * A * B` in the shape of the weight. */
function withAdapter({ a, b, scale, weight }: Matrices): tf.Tensor {
  const product = tf.matMul(tf.mul<tf.Tensor2D>(a, scale), b);
  return tf.add(weight, tf.reshape(product, weight.shape));
}

function floatsOf(parameter: Parameter): Float32Array {
  return Float32Array.from(toComputeValues(parameter) as ArrayLike<number>);
}

function variableOf(shape: readonly number[], values: Float32Array, trainable: boolean): tf.Variable {
  const initial = tf.tensor(values, [...shape], 'float32');
  try {
    return tf.variable(initial, trainable);
  } finally {
    initial.dispose();
  }
}

async function copied(variable: tf.Variable, scale = 1) {
  const values = await variable.data<'float32'>();
  return { shape: [...variable.shape], data: Float32Array.from(values, (value) => value * scale) };
}
