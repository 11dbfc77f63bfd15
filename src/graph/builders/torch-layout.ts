import { EngineError } from '../../core/errors.ts';
import type { GraphBuilder } from '../importing/builder.ts';
import type { ParameterRole, TensorData } from '../model/ir.ts';
import { permuted } from '../model/permute.ts';
import type { WeightMap } from '../trunk-network.ts';

/** Takes tensors by name out of a bag in PyTorch's layout and makes them parameters of a graph. */
export class TorchParameters {
  private readonly bag: WeightMap;
  private readonly builder: GraphBuilder;

  constructor(bag: WeightMap, builder: GraphBuilder) {
    this.bag = bag;
    this.builder = builder;
  }

  /**
   * A tensor as it is, or a convolution's weight, turned from `[O, I, kh, kw]` to `[kh, kw, I, O]`. Returns the name.
   * @throws {EngineError} `model-unsupported` if the tensor is missing or has another shape.
   */
  take(name: string, role: ParameterRole, expected: readonly number[]): string {
    const tensor = this.bag.get(name);
    if (tensor?.shape.join() !== expected.join()) {
      const found = tensor === undefined ? 'no such tensor' : `[${tensor.shape.join()}]`;
      throw new EngineError(
        'model-unsupported',
        `Expected the tensor "${name}" with shape [${expected.join()}], found ${found}.`,
        { tensor: name },
      );
    }
    const data: TensorData = { dtype: 'float32', shape: tensor.shape, data: tensor.data };
    this.builder.addParameter(name, expected.length === 4 ? permuted(data, [2, 3, 1, 0]) : data, role);
    return name;
  }
}
