import { EngineError } from '../../core/errors.ts';
import type { GraphParameter, ParameterRole } from '../ir.ts';
import type { WeightMap } from '../trunk-network.ts';

/** Takes tensors by name out of a bag in PyTorch's layout and collects them as graph parameters. */
export class TorchParameters {
  readonly parameters = new Map<string, GraphParameter>();
  private readonly bag: WeightMap;

  constructor(bag: WeightMap) {
    this.bag = bag;
  }

  /**
   * A tensor of one axis, or a convolution's weight, turned from `[O, I, kh, kw]` to `[kh, kw, I, O]`, a depthwise
   * one from `[C, 1, kh, kw]` to `[kh, kw, C, 1]`. Returns the name.
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
    const { shape, data } = expected.length === 4 ? turned(tensor) : tensor;
    this.parameters.set(name, { name, role, shape, data });
    return name;
  }
}

function turned({ shape, data }: { readonly shape: readonly number[]; readonly data: Float32Array }) {
  const [outputs = 1, inputs = 1, height = 1, width = 1] = shape;
  const pixels = height * width;
  const result = new Float32Array(data.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let p = 0; p < pixels; p++) {
        // Depthwise: inputs is 1, and so [p, C, 1] and [p, 1, C] are the same order.
        result[(p * inputs + i) * outputs + o] = data[(o * inputs + i) * pixels + p] as number;
      }
    }
  }
  return {
    shape: inputs === 1 ? [height, width, outputs, 1] : [height, width, inputs, outputs],
    data: result,
  };
}
