/** @file Small classifiers of pictures in which every operation that a form of export knows has a node. */
import { createRng } from '../../core/rng.ts';
import type { Attributes, Graph, Node, Parameter } from '../../graph/model/ir.ts';

/** Of the pictures that {@link sketchedClassifier} takes, px. */
export const SKETCH_SIDE = 12;
export const SKETCH_CLASSES = 3;

/** A network under construction. */
class Sketch {
  readonly nodes: Node[] = [];
  readonly parameters = new Map<string, Parameter>();
  private readonly rng = createRng(7);

  weight(name: string, shape: readonly number[], scale = 0.5): string {
    const size = shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length: size }, () => scale * this.rng.normal());
    this.parameters.set(name, { name, role: 'weight', dtype: 'float32', shape, data });
    return name;
  }

  /** The statistics of a batch normalisation: mean and variance. */
  statistics(name: string, size: number): readonly [string, string] {
    const mean = Float32Array.from({ length: size }, () => 0.5 * this.rng.normal());
    const variance = Float32Array.from({ length: size }, () => 0.5 + this.rng.next());
    const shared = { dtype: 'float32', shape: [size] } as const;
    const [first, second] = [`${name}/mean`, `${name}/variance`];
    this.parameters.set(first, { name: first, role: 'running-mean', ...shared, data: mean });
    this.parameters.set(second, { name: second, role: 'running-variance', ...shared, data: variance });
    return [first, second];
  }

  constant(name: string, value: number): string {
    const data = Float32Array.of(value);
    this.parameters.set(name, { name, role: 'constant', dtype: 'float32', shape: [], data });
    return name;
  }

  ints(name: string, values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    this.parameters.set(name, { name, role: 'constant', dtype: 'int64', shape: [values.length], data });
    return name;
  }

  node(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const name = `${op}:${this.nodes.length}`;
    this.nodes.push({ name, op, inputs, outputs: [name], attributes });
    return name;
  }

  graph(output: string): Graph {
    return {
      inputs: [{ name: 'pixels', dtype: 'float32', shape: [null, SKETCH_SIDE, SKETCH_SIDE, 3] }],
      outputs: [output],
      nodes: this.nodes,
      parameters: this.parameters,
    };
  }
}

/** Most operations of networks for pictures. */
export function sketchedClassifier(): Graph {
  const s = new Sketch();
  const turned = s.node('Gather', ['pixels', s.ints('order', [2, 1, 0])], { axis: 3 });
  let x = s.node('Mul', [turned, s.constant('scale', 1 / 127.5)]);
  x = s.node('Sub', [x, s.constant('one', 1)]);
  x = s.node('Conv', [x, s.weight('w1', [3, 3, 3, 8]), s.weight('b1', [8])], {
    strides: [2, 2],
    pads: [0, 0, 1, 1],
  });
  x = s.node('HardSwish', [x]);
  const depth = s.node('Conv', [x, s.weight('w2', [3, 3, 1, 8])], { group: 8, pads: [1, 1, 1, 1] });
  const normal = s.node(
    'BatchNormalization',
    [depth, s.weight('gamma', [8]), s.weight('beta', [8]), ...s.statistics('seen', 8)],
    { epsilon: 1e-3, channel_axis: -1 },
  );
  const clipped = s.node('Clip', [normal, s.constant('low', 0), s.constant('high', 6)]);
  const squeezed = s.node('GlobalAveragePool', [clipped], { channel_axis: -1 });
  const gate = s.node('HardSigmoid', [s.node('Conv', [squeezed, s.weight('w3', [1, 1, 8, 8])])], {
    alpha: 1 / 6,
    beta: 0.5,
  });
  const gated = s.node('Mul', [clipped, gate]);
  const pooled = s.node('MaxPool', [s.node('Relu', [x])], {
    kernel_shape: [2, 2],
    strides: [1, 1],
    auto_pad: 'SAME_UPPER',
  });
  const joined = s.node('Concat', [s.node('Add', [gated, x]), pooled], { axis: 3 });
  const averaged = s.node('AveragePool', [joined], { kernel_shape: [3, 3], strides: [3, 3] });
  const first = s.node('Transpose', [averaged], { perm: [0, 3, 1, 2] });
  const flat = s.node('Flatten', [first], { axis: 1 });
  const logits = s.node(
    'Gemm',
    [flat, s.weight('head', [SKETCH_CLASSES, 64], 0.1), s.weight('bias', [SKETCH_CLASSES])],
    {
      transB: 1,
    },
  );
  return s.graph(s.node('Softmax', [s.node('Identity', [logits])], { axis: -1 }));
}

/** Operations and forms of them that are rarer: names with dots, even windows, groups of several channels. */
export function rareClassifier(): Graph {
  const s = new Sketch();
  const scaled = s.node('Div', ['pixels', s.constant('a.scale', 127.5)]);
  const grouped = s.node(
    'Conv',
    [
      s.node('Conv', [scaled, s.weight('a/scale', [4, 2, 3, 8])], {
        strides: [2, 2],
        auto_pad: 'SAME_UPPER',
      }),
      s.weight('nodes', [2, 4, 4, 8]),
      s.weight('training', [8]),
    ],
    { group: 2, dilations: [2, 1], auto_pad: 'SAME_LOWER' },
  );
  const bent = s.node('Elu', [s.node('LeakyRelu', [grouped], { alpha: 0.2 })], { alpha: 0.5 });
  const gate = s.node('Mul', [s.node('Sigmoid', [grouped]), s.node('Tanh', [grouped])]);
  const window = { kernel_shape: [3, 2], strides: [1, 1], ceil_mode: 0 };
  const sum = s.node('Sum', [
    s.node('AveragePool', [bent], { ...window, auto_pad: 'SAME_UPPER', count_include_pad: 0 }),
    s.node('AveragePool', [bent], { ...window, pads: [1, 0, 1, 1], count_include_pad: 1 }),
    s.node('MaxPool', [gate], { ...window, pads: [2, 1, 2, 0], dilations: [2, 1] }),
  ]);
  const few = s.node('Clip', [s.node('Dropout', [sum]), s.constant('low', -0.5)]);
  const mean = s.node('ReduceMean', [few, s.ints('axes', [1, 2])], { keepdims: 0 });
  const wide = s.node('Unsqueeze', [mean, s.ints('two', [1, -1])]);
  const flat = s.node('Reshape', [s.node('Squeeze', [wide, s.ints('one', [1])]), s.ints('shape', [0, 8])]);
  const logits = s.node('MatMul', [flat, s.weight('head', [8, SKETCH_CLASSES])]);
  return s.graph(s.node('Softmax', [logits], { axis: -1 }));
}

/** Every operation that layers of Keras have a form for. */
export function layeredClassifier(): Graph {
  const s = new Sketch();
  let x = s.node('Div', ['pixels', s.constant('scale', 127.5)]);
  x = s.node('Sub', [x, s.constant('one', 1)]);
  x = s.node('Conv', [x, s.weight('w1', [3, 3, 3, 8]), s.weight('b1', [8])], {
    strides: [2, 2],
    pads: [1, 0, 2, 1],
  });
  x = s.node('Mul', [s.weight('gain', [1, 1, 8]), x]);
  x = s.node('Add', [x, s.weight('lift', [8])]);
  x = s.node('Sub', [s.constant('one again', 1), s.node('HardSwish', [x])]);
  const depth = s.node('Conv', [x, s.weight('w2', [3, 3, 1, 16])], { group: 8, auto_pad: 'SAME_UPPER' });
  const narrow = s.node('Conv', [depth, s.weight('w3', [2, 2, 16, 8])], {
    auto_pad: 'SAME_UPPER',
    dilations: [2, 2],
  });
  const normal = s.node(
    'BatchNormalization',
    [narrow, s.weight('gamma', [8]), s.weight('beta', [8]), ...s.statistics('seen', 8)],
    { epsilon: 1e-3, channel_axis: -1 },
  );
  const clipped = s.node('Clip', [normal, s.constant('low', 0), s.constant('high', 6)]);
  const pooled = s.node('Relu', [s.node('GlobalAveragePool', [clipped], { channel_axis: -1 })]);
  const gate = s.node('HardSigmoid', [s.node('Conv', [pooled, s.weight('w4', [1, 1, 8, 8])])], {
    alpha: 0.3,
    beta: 0.4,
  });
  const gated = s.node('Mul', [clipped, gate]);
  const window = { kernel_shape: [2, 2], strides: [1, 1], auto_pad: 'SAME_UPPER' };
  const sum = s.node('Sum', [
    s.node('MaxPool', [s.node('Sigmoid', [x])], window),
    s.node('AveragePool', [s.node('Tanh', [x])], window),
    s.node('Add', [gated, s.node('LeakyRelu', [x], { alpha: 0.2 })]),
  ]);
  const joined = s.node('Concat', [sum, s.node('Dropout', [gated])], { axis: 3 });
  const mean = s.node('ReduceMean', [joined], { axes: [1, -2], keepdims: 0 });
  const wide = s.node('Unsqueeze', [mean, s.ints('two', [1, 2])]);
  const narrower = s.node('Squeeze', [wide, s.ints('one axis', [1])]);
  const flat = s.node('Flatten', [s.node('Reshape', [narrower, s.ints('shape', [-1, 4, 4])])], { axis: 1 });
  const hidden = s.node('MatMul', [flat, s.weight('hidden', [16, 70])]);
  const logits = s.node(
    'Gemm',
    [hidden, s.weight('head', [SKETCH_CLASSES, 70], 0.1), s.weight('bias', [1])],
    {
      transB: 1,
    },
  );
  return s.graph(s.node('Softmax', [s.node('Identity', [logits])], { axis: -1 }));
}

/** One of these as something that is exported, with facts that a format has to hold: a label needs escaping. */
export const exportedSketch = (graph: Graph) => ({
  graph,
  inputSize: SKETCH_SIDE,
  labels: ['cat', '狗', 'a "fish"'],
  title: 'Pets',
  language: 'en' as const,
  base: { name: 'Trunk', licence: 'Apache-2.0', source: 'somewhere' },
  temperature: 1.5,
  abstainBelow: 0.4,
  vectors: { probabilities: [] },
});
