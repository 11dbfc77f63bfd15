import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../core/errors.ts';
import type { BlockInfo } from '../core/model-card.ts';
import type { Tuning } from '../core/train-settings.ts';
import { inputExample, inputShape, type TrunkInput } from '../core/trunk-input.ts';
import { type ProposedBlock, proposeBlocks } from './cuts.ts';
import { lookupOf } from './lookup.ts';
import { mergeAdapters } from './merge-adapters.ts';
import type { Graph, Node } from './model/ir.ts';
import { OpenModel } from './open-model.ts';
import { learningSize, OPEN_ALL } from './open-parameters.ts';
import { optimised } from './passes/optimise.ts';
import { transposesCancelled } from './passes/transposes.ts';
import { replaceWeights } from './replace-weights.ts';
import { GraphExecutor } from './run/executor.ts';
import { inferShapes } from './run/infer-shapes.ts';
import type { OpenOptions, OpenTrunk, PieceLookup, TrunkNetwork, WeightMap } from './trunk-network.ts';

export interface ModelNetworkOptions {
  /** False where gradients are known not to pass. Default: true. */
  readonly trainable?: boolean;
  /** True for a network that is known to run: then its shapes are inferred, and nothing runs. Default: false. */
  readonly isKnown?: boolean;
  /** What it takes. Default: square pictures, as large as its input says. */
  readonly input?: TrunkInput;
}

/**
 * A trunk from any network whose pixels and features `asImageTrunk` or a builder has framed: it can be cut wherever one
 * value carries everything onward, at the blocks that {@link proposeBlocks} finds. Below a cut it runs with its
 * normalisations folded and its activations fused. Weights live on the host and are uploaded to the active back-end when
 * they are first used, so a network outlives a change or a loss of the back-end.
 * Owns: the caller disposes it, and every network from `withWeights`.
 */
export class ModelNetwork implements TrunkNetwork {
  readonly blocks: readonly BlockInfo[];
  readonly input: TrunkInput;
  readonly inputSize: number;
  readonly featureSize: number;
  readonly trainable: boolean;
  readonly lookup?: PieceLookup;
  private readonly graph: Graph;
  private readonly proposed: readonly ProposedBlock[];
  private readonly executor: GraphExecutor;
  private backend: tf.KernelBackend | null = null;

  /**
   * Runs the network once, on an empty picture, so that what it cannot compute shows now, unless it is known to run.
   * @throws {EngineError} `model-unsupported` if it cannot be run, or does not end in a feature vector.
   */
  constructor(given: Graph, options: ModelNetworkOptions = {}) {
    const graph = transposesCancelled(given, {});
    this.graph = graph;
    this.trainable = options.trainable ?? true;
    this.proposed = proposeBlocks(graph);
    const [, size] = graph.inputs[0]?.shape ?? [];
    this.inputSize = typeof size === 'number' ? size : 0;
    this.input = options.input ?? { kind: 'pixels', size: this.inputSize };
    const found = this.input.kind === 'tokens' ? lookupOf(graph) : null;
    const keep = this.proposed.map(({ value }) => value);
    this.executor = new GraphExecutor(optimised(graph, { keep: found === null ? keep : [...keep, found] }));
    if (found !== null) this.lookup = this.lookupAt(found);
    try {
      this.blocks = this.describe((options.isKnown === true ? this.inferredShapes() : null) ?? this.shapes());
      this.featureSize = featureSizeOf(this.blocks);
    } catch (thrown) {
      // Nobody else could: what was uploaded on the way has no owner yet.
      this.executor.dispose();
      throw thrown;
    }
  }

  get definition(): Graph {
    return this.graph;
  }

  cutShape(cut: number): readonly number[] {
    this.check(cut);
    return this.blocks[cut - 1]?.outputShape ?? inputShape(this.input);
  }

  run(input: tf.Tensor, from: number, to: number): tf.Tensor {
    this.check(from);
    this.check(to);
    if (from >= to) return input.clone();
    return this.compute([[this.valueAt(from), input]], this.valueAt(to));
  }

  open(cut: number, options: OpenOptions = OPEN_ALL): OpenTrunk {
    const nodes = this.nodesAbove(cut);
    const range = { cut, from: this.valueAt(cut), to: this.valueAt(this.blocks.length) };
    return new OpenModel(this.graph, nodes, range, options);
  }

  openSize(cut: number, tuning: Tuning): number {
    return learningSize(this.graph, this.nodesAbove(cut), tuning);
  }

  /**
   * Adapters among the weights are merged into the weights that they stand for.
   * @throws {EngineError} `project-damaged` if a weight is not one of this network's, or has another shape.
   */
  withWeights(weights: WeightMap): TrunkNetwork {
    const merged = mergeAdapters(this.graph.parameters, weights);
    const parameters = replaceWeights(this.graph.parameters, merged, (known, data) => ({
      ...known,
      dtype: 'float32' as const,
      data,
    }));
    const { trainable, input } = this;
    return new ModelNetwork({ ...this.graph, parameters }, { trainable, input, isKnown: true });
  }

  dispose(): void {
    this.executor.dispose();
  }

  /** @param value Where the vectors stand. */
  private lookupAt(value: string): PieceLookup {
    return {
      vectors: (input) => this.compute([[this.valueAt(0), input]], value),
      run: (vectors, input) =>
        this.compute(
          [
            [this.valueAt(0), input],
            [value, vectors],
          ],
          this.valueAt(this.blocks.length),
        ),
    };
  }

  /** A value from others. */
  private compute(given: readonly (readonly [string, tf.Tensor])[], wanted: string): tf.Tensor {
    this.followBackend();
    return tf.tidy(() => {
      const feeds = new Map(
        given.map(([name, tensor]) => {
          const fed = tf.cast(tensor, 'float32');
          return [name, { kind: 'tensor', dtype: 'float32', tensor: fed } as const];
        }),
      );
      return tensorIn(this.executor.run({ feeds, outputs: [wanted] }).get(wanted));
    });
  }

  private nodesAbove(cut: number): readonly Node[] {
    this.check(cut);
    return this.proposed.slice(cut).flatMap((block) => block.nodes);
  }

  /** The value at a cut. */
  private valueAt(cut: number): string {
    return this.proposed[cut - 1]?.value ?? this.graph.inputs[0]?.name ?? '';
  }

  private describe(shapes: readonly (readonly number[])[]): BlockInfo[] {
    return this.proposed.map(({ name, nodes, parameterCount }, index) => {
      const convolutions = nodes.filter(({ op }) => op === 'Conv');
      const isDepthwise = convolutions.some(({ attributes }) => Number(attributes['group'] ?? 1) > 1);
      const kind =
        index === 0 ? 'stem' : isDepthwise && convolutions.length > 1 ? 'inverted-residual' : 'conv';
      return { index, name, kind, parameters: parameterCount, outputShape: shapes[index] ?? [] };
    });
  }

  /** Shapes at the cuts without the batch, `null` if not all follow from the sizes of the parameters. */
  private inferredShapes(): number[][] | null {
    const known = inferShapes(this.graph);
    const shapes = this.proposed.map(({ value }) => known.get(value)?.slice(1) ?? [null]);
    const isWhole = (shape: readonly unknown[]): shape is number[] =>
      shape.every((size) => typeof size === 'number');
    return shapes.every(isWhole) ? shapes : null;
  }

  private shapes(): number[][] {
    this.followBackend();
    const outputs = this.proposed.map(({ value }) => value);
    return tf.tidy(() => {
      const tensor = tf.tensor(inputExample(this.input), [1, ...inputShape(this.input)]);
      const feeds = new Map([[this.valueAt(0), { kind: 'tensor', dtype: 'float32', tensor } as const]]);
      const results = this.executor.run({ feeds, outputs });
      return outputs.map((name) => tensorIn(results.get(name)).shape.slice(1));
    });
  }

  private followBackend(): void {
    const backend = tf.backend();
    if (this.backend !== backend) this.executor.dispose();
    this.backend = backend;
  }

  private check(cut: number): void {
    if (!Number.isInteger(cut) || cut < 0 || cut > this.proposed.length) {
      throw new RangeError(`A cut lies between 0 and ${this.proposed.length}, but got ${cut}.`);
    }
  }
}

function featureSizeOf(blocks: readonly BlockInfo[]): number {
  const shape = blocks.at(-1)?.outputShape ?? [];
  const [size] = shape;
  if (shape.length === 1 && size !== undefined) return size;
  throw new EngineError('model-unsupported', `A trunk ends in a vector, this network in [${shape.join()}].`);
}

function tensorIn(
  value: ReturnType<GraphExecutor['run']> extends Map<string, infer V> ? V | undefined : never,
) {
  if (value?.kind !== 'tensor')
    throw new EngineError('model-unsupported', 'A cut of a trunk must hold a tensor.');
  return value.tensor;
}
