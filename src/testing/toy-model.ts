import { createRng } from '../core/rng.ts';
import type { Graph, Node, Parameter, ParameterRole } from '../graph/model/ir.ts';

/**
 * A small MobileNetV2 in the general IR: a stem, inverted residuals (of stride 2 without, of stride 1 with a shortcut)
 * and a last convolution. `[N, S, S, 3]` in, `[N, s, s, 12]` out. Weights are random, drawn from a fixed seed.
 * @param named Whether parameters have names by block; else they are numbered, as in careless exports.
 */
export function toyMobileNet(size: number, blocks: readonly (1 | 2)[], named = true): Graph {
  const rng = createRng(3);
  const parameters = new Map<string, Parameter>();
  const nodes: Node[] = [];
  const add = (name: string, role: ParameterRole, shape: number[], centre = 0) => {
    const known = named ? name : `p_${parameters.size}`;
    const count = shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length: count }, () => centre + rng.next() - 0.5);
    parameters.set(known, { name: known, role, shape, dtype: 'float32', data });
    return known;
  };
  const put = (op: string, inputs: string[], output: string, attributes: Node['attributes'] = {}) => {
    nodes.push({ name: output, op, inputs, outputs: [output], attributes });
    return output;
  };
  const layer = (x: string, name: string, shape: number[], stride: number, act: boolean, group = 1) => {
    const channels = shape[3] ?? 0;
    const attributes = { strides: [stride, stride], auto_pad: 'SAME_UPPER', group };
    const y = put('Conv', [x, add(`${name}.conv.weight`, 'weight', shape)], `${name}/conv`, attributes);
    const norm = [
      add(`${name}.bn.gamma`, 'gamma', [channels], 1),
      add(`${name}.bn.beta`, 'beta', [channels]),
      add(`${name}.bn.mean`, 'running-mean', [channels]),
      add(`${name}.bn.variance`, 'running-variance', [channels], 1),
    ];
    const z = put('BatchNormalization', [y, ...norm], `${name}/bn`, { epsilon: 1e-3, channel_axis: -1 });
    return act ? put('HardSwish', [z], `${name}/act`) : z;
  };
  let x = layer('x', 'stem', [3, 3, 3, 4], 2, true);
  blocks.forEach((stride, i) => {
    const name = `blocks.${i}`;
    const wide = layer(x, `${name}.expand`, [1, 1, 4, 8], 1, true);
    const deep = layer(wide, `${name}.deep`, [3, 3, 1, 8], stride, true, 8);
    const narrow = layer(deep, `${name}.project`, [1, 1, 8, 4], 1, false);
    x = stride === 1 ? put('Add', [x, narrow], `${name}/sum`) : narrow;
  });
  const output = layer(x, 'last', [1, 1, 4, 12], 1, true);
  const shape = [null, size, size, 3];
  return { inputs: [{ name: 'x', dtype: 'float32', shape }], outputs: [output], nodes, parameters };
}
