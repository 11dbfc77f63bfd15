import type { GraphBuilder } from '../../importing/builder.ts';
import type { Attributes, Parameter, TensorData } from '../../model/ir.ts';
import type { LayerConfig } from './config.ts';

/** Finds a stored weight by the name of its layer and its own. */
export type WeightLookup = (layer: string, weight: string) => TensorData | undefined;

/** The conversion of one call of a layer. */
export class Layer {
  readonly config: LayerConfig;
  readonly inputs: readonly string[];
  readonly builder: GraphBuilder;
  private readonly weights: WeightLookup;

  constructor(config: LayerConfig, inputs: readonly string[], builder: GraphBuilder, weights: WeightLookup) {
    this.config = config;
    this.inputs = inputs;
    this.builder = builder;
    this.weights = weights;
  }

  /** @throws {EngineError} `model-unsupported` if the layer has not exactly one input. */
  input(): string {
    const [input, ...more] = this.inputs;
    if (input === undefined || more.length > 0) throw this.config.refuse(`has ${this.inputs.length} inputs`);
    return input;
  }

  /** A node; returns the name of its result. */
  node(op: string, inputs: readonly (string | null)[], attributes: Attributes = {}): string {
    const name = this.builder.fresh(this.config.name);
    this.builder.node({ name }, op, inputs, [name], attributes);
    return name;
  }

  /** The data of a weight. @throws {EngineError} `model-unsupported` if the model has none of that name and rank. */
  data(weight: string, rank?: number): TensorData {
    const data = this.weights(this.config.name, weight);
    if (data === undefined) throw this.config.refuse(`has no ${weight}`);
    if (rank !== undefined && data.shape.length !== rank) {
      throw this.config.refuse(`has a ${weight} of ${data.shape.length} axes in place of ${rank}`);
    }
    return data;
  }

  /** A weight as a parameter, once for all calls of the layer. */
  parameter(weight: string, role: Parameter['role'], data: TensorData): string {
    const name = `${this.config.name}/${weight}`;
    if (!this.builder.isDefined(name)) this.builder.addParameter(name, data, role);
    return name;
  }

  weight(weight: string, role: Parameter['role'], rank?: number): string {
    return this.parameter(weight, role, this.data(weight, rank));
  }

  /** The bias, or `null` where the layer has none. */
  bias(): string | null {
    return this.config.flag('use_bias', true) ? this.weight('bias', 'bias', 1) : null;
  }

  ints(values: readonly number[]): string {
    return this.builder.ints(values, `${this.config.name}/const`);
  }

  scalar(value: number): string {
    return this.builder.scalar(value, `${this.config.name}/const`);
  }

  /** An activation by the name that Keras gives it. Source: https://keras.io/api/layers/activations. */
  activated(x: string, name: string): string {
    switch (name) {
      case 'linear':
        return x;
      case 'relu6':
        return this.node('Clip', [x, this.scalar(0), this.scalar(6)]);
      case 'hard_sigmoid':
      case 'hardSigmoid':
        return this.node('HardSigmoid', [x], { alpha: 0.2, beta: 0.5 });
      case 'gelu_new':
        return this.node('Gelu', [x], { approximate: 'tanh' });
      default: {
        const op = ACTIVATIONS.get(name);
        if (op === undefined) throw this.config.refuse(`has the activation "${name}"`);
        return this.node(op, [x]);
      }
    }
  }
}

const ACTIVATIONS: ReadonlyMap<string, string> = new Map([
  ['relu', 'Relu'],
  ['elu', 'Elu'],
  ['selu', 'Selu'],
  ['sigmoid', 'Sigmoid'],
  ['softmax', 'Softmax'],
  ['logSoftmax', 'LogSoftmax'],
  ['softplus', 'Softplus'],
  ['softsign', 'Softsign'],
  ['swish', 'Swish'],
  ['mish', 'Mish'],
  ['gelu', 'Gelu'],
  ['tanh', 'Tanh'],
]);

/** Gives the result of a call. */
export type LayerRule = (layer: Layer) => string;
