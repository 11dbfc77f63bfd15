import type { Node } from '../../graph/model/ir.ts';
import { toComputeValues } from '../../graph/model/tensor-data.ts';
import { type GraphFacts, NodeReader } from '../node-reader.ts';
import type { LayersModel, LayerValue, LayerWeight } from './layers-model.ts';

export interface LayersState extends GraphFacts {
  readonly model: LayersModel;
  /** The layer of each value that has one. */
  readonly written: Map<string, LayerValue>;
}

/** One node as the rules for layers see it. */
export class LayerContext extends NodeReader {
  private readonly state: LayersState;

  constructor(node: Node, state: LayersState) {
    super(node, state);
    this.state = state;
  }

  /** How many inputs the node has. */
  get count(): number {
    return this.node.inputs.length;
  }

  value(index: number): LayerValue {
    const value = this.state.written.get(this.source(index));
    if (value === undefined) throw new Error(`its input ${index} is no result of a layer`);
    return value;
  }

  values(): LayerValue[] {
    return this.node.inputs.map((_, index) => this.value(index));
  }

  /** A parameter as a weight of a layer, under a shape of the same size. */
  weight(name: string, index: number, shape: readonly number[] = this.parameter(index).shape): LayerWeight {
    return { name, shape, values: Float32Array.from(toComputeValues(this.parameter(index))) };
  }

  /** Sizes of a value without the number of pictures. */
  sizes(name: string): number[] {
    const sizes = this.shape(name).slice(1);
    if (!sizes.every((size) => typeof size === 'number'))
      throw new Error('its shape is not known beforehand');
    return sizes;
  }

  add(
    className: string,
    inputs: readonly LayerValue[],
    config: Readonly<Record<string, unknown>> = {},
    weights: readonly LayerWeight[] = [],
  ): LayerValue {
    return this.state.model.add(className, this.result, inputs, config, weights);
  }

  /** `x * scale + shift` for each channel: a batch normalisation whose statistics say nothing. */
  affine(x: LayerValue, scale: Float32Array | null, shift: Float32Array | null): LayerValue {
    const size = (scale ?? shift)?.length ?? 0;
    const weight = (name: string, values: Float32Array) => ({ name, shape: [size], values });
    return this.add('BatchNormalization', [x], normalised(0, scale !== null, shift !== null), [
      ...(scale === null ? [] : [weight('gamma', scale)]),
      ...(shift === null ? [] : [weight('beta', shift)]),
      weight('moving_mean', new Float32Array(size)),
      weight('moving_variance', new Float32Array(size).fill(1)),
    ]);
  }
}

export function normalised(epsilon: number, scale = true, center = true) {
  return { axis: -1, momentum: 0.99, epsilon, center, scale };
}
