import { EngineError } from '../../core/errors.ts';
import { GraphBuilder } from '../importing/builder.ts';
import type { Attributes, Graph, ParameterRole, ValueInfo } from '../model/ir.ts';
import type { TensorBag } from '../weights/tensor-bag.ts';

/** How PyTorch lays out a convolution (`[O, I, ...kernel]`) and a linear map (`[O, I]`), and how the IR does. */
const CONV_ORDER = [2, 3, 1, 0];
const LINEAR_ORDER = [1, 0];

export interface ConvOptions {
  readonly kernel: number;
  readonly stride?: number;
  /** Channels by themselves. */
  readonly depthwise?: boolean;
  readonly bias?: boolean;
  /** Also the attributes of the padding. */
  readonly attributes?: Attributes;
}

/**
 * Builds a network of PyTorch layers from a bag of tensors that are named and laid out as PyTorch has them. The
 * parameters keep their names; convolutions and linear maps are turned to the order of the IR. Each method appends a
 * layer and returns the name of its result, which is that of the layer.
 */
export class TorchGraph {
  private readonly builder = new GraphBuilder(null, new Map());
  private readonly bag: TensorBag;

  constructor(bag: TensorBag, inputs: readonly string[]) {
    this.bag = bag;
    for (const name of inputs) this.builder.define(name);
  }

  conv(x: string, layer: string, [inputs, outputs]: readonly [number, number], options: ConvOptions): string {
    const { kernel, stride = 1, depthwise = false, bias = false, attributes = {} } = options;
    const shape = [outputs, depthwise ? 1 : inputs, kernel, kernel];
    const weight = this.builder.transposed(
      { name: layer },
      this.parameter(`${layer}.weight`, 'weight', shape),
      CONV_ORDER,
    );
    const group = depthwise ? { group: inputs } : {};
    const biases = bias ? [this.parameter(`${layer}.bias`, 'bias', [outputs])] : [];
    const all = { strides: [stride, stride], ...group, ...attributes };
    return this.node('Conv', layer, [x, weight, ...biases], all);
  }

  batchNorm(x: string, layer: string, channels: number, epsilon: number): string {
    const roles = {
      weight: 'gamma',
      bias: 'beta',
      running_mean: 'running-mean',
      running_var: 'running-variance',
    } as const;
    const parameters = Object.entries(roles).map(([name, role]) =>
      this.parameter(`${layer}.${name}`, role, [channels]),
    );
    return this.node('BatchNormalization', layer, [x, ...parameters], { epsilon, channel_axis: -1 });
  }

  linear(x: string, layer: string, [inputs, outputs]: readonly [number, number]): string {
    const weight = this.builder.transposed(
      { name: layer },
      this.parameter(`${layer}.weight`, 'weight', [outputs, inputs]),
      LINEAR_ORDER,
    );
    const product = this.node('MatMul', `${layer}/product`, [x, weight]);
    return this.node('Add', layer, [product, this.parameter(`${layer}.bias`, 'bias', [outputs])]);
  }

  layerNorm(x: string, layer: string, size: number, epsilon: number): string {
    const gamma = this.parameter(`${layer}.weight`, 'gamma', [size]);
    const beta = this.parameter(`${layer}.bias`, 'beta', [size]);
    return this.node('LayerNormalization', layer, [x, gamma, beta], { axis: -1, epsilon });
  }

  /** One row of a table for each index. */
  embedding(indices: string, layer: string, shape: readonly [rows: number, size: number]): string {
    const table = this.parameter(`${layer}.weight`, 'embedding', shape);
    return this.node('Gather', layer, [table, indices], { axis: 0 });
  }

  /**
   * A tensor of the bag as a parameter.
   * @throws {EngineError} `model-unsupported` if it is missing or has another shape.
   */
  parameter(name: string, role: ParameterRole, expected: readonly number[]): string {
    const tensor = this.bag.get(name);
    if (tensor?.shape.join() !== expected.join()) {
      const found = tensor === undefined ? 'no such tensor' : `[${tensor.shape.join()}]`;
      throw new EngineError(
        'model-unsupported',
        `Expected the tensor "${name}" with shape [${expected.join()}], found ${found}.`,
        { tensor: name },
      );
    }
    this.builder.addParameter(name, tensor, role);
    return name;
  }

  node(op: string, output: string, inputs: readonly (string | null)[], attributes: Attributes = {}): string {
    this.builder.node({ name: output }, op, inputs, [output], attributes);
    return output;
  }

  ints(values: readonly number[], near: string): string {
    return this.builder.ints(values, near);
  }

  /** Numbers that are never trained, along the last axis. */
  vector(values: readonly number[], near: string): string {
    const data = Float32Array.from(values);
    return this.builder.constant({ dtype: 'float32', shape: [data.length], data }, near);
  }

  scalar(value: number, near: string): string {
    return this.builder.scalar(value, near);
  }

  finish(inputs: readonly ValueInfo[], outputs: readonly string[]): Graph {
    return this.builder.finish(inputs, outputs);
  }
}
