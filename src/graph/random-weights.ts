import { createRng, deriveSeed } from '../core/rng.ts';
import { type Graph, isTrainable, type Node, type Parameter } from './model/ir.ts';
import { sizeOf } from './model/tensor-data.ts';
import type { WeightMap } from './trunk-network.ts';

/**
 * Values that forget everything a network was pre-trained to: weights and embeddings are normal with variance `2 / fan-in`,
 * shifts are 0, factors 1, running statistics those of a standard normal. What has no axis to spread over (the slope of
 * a PReLU) and what is never trained stays. The same network and seed give the same values.
 * Source: He et al. 2015, "Delving Deep into Rectifiers" (https://arxiv.org/abs/1502.01852), equation 10.
 */
export function randomWeights({ nodes, parameters }: Graph, seed: number): WeightMap {
  const drawn = new Map<string, { shape: readonly number[]; data: Float32Array<ArrayBuffer> }>();
  for (const node of nodes) {
    for (const name of node.inputs) {
      const parameter = name === null ? undefined : parameters.get(name);
      if (parameter === undefined || drawn.has(parameter.name)) continue;
      const data = valuesOf(node, parameter, seed);
      if (data !== null) drawn.set(parameter.name, { shape: parameter.shape, data });
    }
  }
  return drawn;
}

/** `null`: it stays. */
function valuesOf(node: Node, parameter: Parameter, seed: number): Float32Array<ArrayBuffer> | null {
  const { role, shape, name } = parameter;
  const size = sizeOf(shape);
  switch (role) {
    case 'bias':
    case 'beta':
      return isTrainable(parameter) ? new Float32Array(size) : null;
    case 'gamma':
      return isTrainable(parameter) ? new Float32Array(size).fill(1) : null;
    case 'running-mean':
      return new Float32Array(size);
    case 'running-variance':
      return new Float32Array(size).fill(1);
    case 'weight':
    case 'embedding': {
      if (!isTrainable(parameter) || shape.filter((length) => length > 1).length < 2) return null;
      const rng = createRng(deriveSeed(seed, name));
      const deviation = Math.sqrt(2 / fanIn(node, shape));
      return Float32Array.from({ length: size }, () => deviation * rng.normal());
    }
    case 'constant':
      return null;
  }
}

/** Numbers that one output is the sum of. Weights of space are `[...kernel, I / group, O]`, matrices `[I, O]`. */
function fanIn({ op, attributes }: Node, shape: readonly number[]): number {
  const turned = op === 'Gemm' && Number(attributes['transB'] ?? 0) === 1;
  const outputs = turned ? shape[0] : shape.at(-1);
  return Math.max(1, sizeOf(shape) / Math.max(1, outputs ?? 1));
}
