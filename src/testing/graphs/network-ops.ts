import type { OpMaker } from './elementwise-ops.ts';
import type { GraphMaker, Made } from './graph-maker.ts';

/** A value as a picture `[N, ...space, C]` of 1 to 3 axes of space. */
function picture(maker: GraphMaker, ranks: readonly number[] = [3, 4, 4, 4, 5]): Made | null {
  return maker.value([maker.pick(ranks)]);
}

/** Window attributes along each axis of space, and the sizes that come out. */
function window(maker: GraphMaker, x: Made, kernel: readonly number[], dilated: boolean) {
  const space = x.shape.slice(1, -1);
  const strides = space.map(() => maker.pick([1, 1, 2]));
  const dilations = space.map(() => (dilated ? maker.pick([1, 1, 2]) : 1));
  const reach = kernel.map((size, i) => (size - 1) * (dilations[i] as number) + 1);
  // The runtime counts negative paddings where strides jump over elements.
  const covers = kernel.every((size, i) => size >= (strides[i] as number) && dilations[i] === 1);
  if (covers && maker.chance(0.25)) {
    const auto = maker.pick(['SAME_UPPER', 'SAME_LOWER']);
    return {
      attributes: { strides, dilations, auto_pad: auto },
      out: space.map((size, i) => Math.ceil(size / (strides[i] as number))),
    };
  }
  const before = reach.map((size) => maker.int(0, Math.floor(size / 2)));
  const after = reach.map((size) => maker.int(0, Math.floor(size / 2)));
  const out = space.map((size, i) => {
    const total = size + (before[i] as number) + (after[i] as number) - (reach[i] as number);
    return Math.floor(total / (strides[i] as number)) + 1;
  });
  return { attributes: { strides, dilations, pads: [...before, ...after] }, out };
}

const conv: OpMaker = (maker) => {
  const x = picture(maker);
  if (x === null) return null;
  const channels = x.shape.at(-1) as number;
  const group = maker.pick([1, 1, channels, ...(channels % 2 === 0 ? [2] : [])]);
  const kernel = x.shape.slice(1, -1).map((size) => maker.int(1, Math.min(3, size)));
  const outputs = group * maker.int(1, group === 1 ? 4 : 2);
  // Three axes of space are not grouped together with dilations elsewhere either.
  const { attributes, out } = window(maker, x, kernel, x.shape.length === 4);
  if (out.some((size) => size < 1)) return null;
  const weight = maker.constant([...kernel, channels / group, outputs]);
  const bias = maker.chance(0.6) ? [maker.constant([outputs])] : [];
  const taps = kernel.reduce((all, size) => all * size, channels / group);
  const shape = [x.shape[0] as number, ...out, outputs];
  return maker.node('Conv', [x, weight, ...bias], shape, x.bound * taps + 1, { ...attributes, group });
};

const convTranspose: OpMaker = (maker) => {
  const x = picture(maker, [3, 4, 4]);
  if (x === null) return null;
  const channels = x.shape.at(-1) as number;
  const space = x.shape.slice(1, -1);
  const kernel = space.map(() => maker.int(1, 3));
  const strides = space.map(() => maker.int(1, 2));
  const pads = kernel.map((size) => (size > 1 ? maker.int(0, 1) : 0));
  const out = space.map(
    (size, i) => (size - 1) * (strides[i] as number) + (kernel[i] as number) - 2 * (pads[i] as number),
  );
  if (out.some((size) => size < 1)) return null;
  const outputs = maker.int(1, 3);
  const weight = maker.constant([...kernel, outputs, channels]);
  const bound = x.bound * channels * kernel.reduce((all, size) => all * size, 1);
  const attributes = { strides, pads: [...pads, ...pads] };
  return maker.node('ConvTranspose', [x, weight], [x.shape[0] as number, ...out, outputs], bound, attributes);
};

const pool =
  (op: string): OpMaker =>
  (maker) => {
    const x = picture(maker, op === 'LpPool' ? [4] : [3, 4, 4, 5]);
    if (x === null) return null;
    const kernel = x.shape.slice(1, -1).map((size) => maker.int(1, Math.min(3, size)));
    const { attributes, out } = window(maker, x, kernel, op === 'MaxPool' && x.shape.length === 4);
    if (out.some((size) => size < 1)) return null;
    const more = op === 'AveragePool' ? { count_include_pad: maker.int(0, 1) } : {};
    const shape = [x.shape[0] as number, ...out, x.shape.at(-1) as number];
    const bound = op === 'LpPool' ? x.bound * 3 : x.bound;
    return maker.node(op, [x], shape, bound, { ...attributes, ...more, kernel_shape: kernel });
  };

const globalPool: OpMaker = (maker) => {
  const x = picture(maker);
  if (x === null) return null;
  const [n = 1] = x.shape;
  const channelAxis = maker.pick([-1, 1]);
  const at = channelAxis === 1 ? 1 : x.shape.length - 1;
  const shape = x.shape.map((size, i) => (i === 0 || i === at ? size : 1));
  const pooled = maker.node(maker.pick(['GlobalAveragePool', 'GlobalMaxPool']), [x], shape, x.bound, {
    channel_axis: channelAxis,
  });
  if (maker.chance(0.5)) return pooled;
  const flat = maker.chance(0.5)
    ? maker.node('Flatten', [pooled], [n, x.shape[at] as number], x.bound, { axis: 1 })
    : maker.node('Reshape', [pooled, maker.ints([0, -1])], [n, x.shape[at] as number], x.bound);
  return flat;
};

/** Squeeze and excitation, as in MobileNetV3. */
const excitation: OpMaker = (maker) => {
  const x = maker.value([4]);
  if (x === null) return null;
  const [n = 1, , , c = 1] = x.shape;
  const pooled = maker.node('GlobalAveragePool', [x], [n, 1, 1, c], x.bound, { channel_axis: 3 });
  const inner = maker.node(
    'Conv',
    [pooled, maker.constant([1, 1, c, 2]), maker.constant([2])],
    [n, 1, 1, 2],
    x.bound * c + 1,
    {},
  );
  const bent = maker.node('Relu', [inner], [n, 1, 1, 2], inner.bound);
  const outer = maker.node('Conv', [bent, maker.constant([1, 1, 2, c])], [n, 1, 1, c], inner.bound * 2, {});
  const gate = maker.node('HardSigmoid', [outer], [n, 1, 1, c], 1, { alpha: 1 / 6, beta: 0.5 });
  return maker.node('Mul', [x, gate], x.shape, x.bound);
};

/** Scale, offset, mean and variance of the channels. */
function statistics(maker: GraphMaker, channels: number): Made[] {
  return [
    maker.constant([channels], 0.5, 1.5, 'gamma'),
    maker.constant([channels], -0.5, 0.5, 'beta'),
    maker.constant([channels], -0.5, 0.5, 'running-mean'),
    maker.constant([channels], 0.5, 2, 'running-variance'),
  ];
}

const batchNorm: OpMaker = (maker) => {
  const x = maker.value([2, 3, 4, 4, 5]);
  if (x === null) return null;
  const axis = maker.pick([1, x.shape.length - 1, -1]);
  const inputs = [x, ...statistics(maker, x.shape.at(axis) as number)];
  return maker.node('BatchNormalization', inputs, x.shape, 2.2 * x.bound + 2, {
    channel_axis: axis,
    epsilon: 1e-3,
  });
};

const instanceNorm: OpMaker = (maker) => {
  const x = maker.value([3, 4, 5]);
  if (x === null) return null;
  const axis = maker.pick([1, -1]);
  const [gamma, beta] = statistics(maker, x.shape.at(axis) as number);
  return maker.node('InstanceNormalization', [x, gamma as Made, beta as Made], x.shape, 10, {
    channel_axis: axis,
    epsilon: 1e-2,
  });
};

const groupNorm: OpMaker = (maker) => {
  const x = maker.value([3, 4, 5]);
  const channels = x?.shape.at(-1);
  if (x === null || channels === undefined) return null;
  const groups = channels % 2 === 0 ? maker.pick([1, 2]) : 1;
  const [gamma, beta] = statistics(maker, channels);
  return maker.node('GroupNormalization', [x, gamma as Made, beta as Made], x.shape, 10, {
    channel_axis: -1,
    num_groups: groups,
    epsilon: 1e-2,
  });
};

const layerNorm: OpMaker = (maker) => {
  const x = maker.value([1, 2, 3, 4]);
  if (x === null) return null;
  const [gamma, beta] = statistics(maker, x.shape.at(-1) as number);
  return maker.node('LayerNormalization', [x, gamma as Made, beta as Made], x.shape, 10, {
    axis: -1,
    epsilon: 1e-2,
  });
};

const skipLayerNorm: OpMaker = (maker) => {
  const x = maker.value([3]);
  if (x === null) return null;
  const [gamma, beta] = statistics(maker, x.shape.at(-1) as number);
  const skip = maker.constant(x.shape);
  return maker.node(
    'com.microsoft:SkipLayerNormalization',
    [x, skip, gamma as Made, beta as Made],
    x.shape,
    10,
    { epsilon: 1e-2 },
  );
};

const localNorm: OpMaker = (maker) => {
  const x = maker.value([4]);
  return x === null
    ? null
    : maker.node('LRN', [x], x.shape, x.bound, { size: 3, channel_axis: maker.pick([1, -1]) });
};

const soft: OpMaker = (maker) => {
  const x = maker.value([1, 2, 3, 4]);
  if (x === null) return null;
  const axis = maker.int(-x.shape.length, x.shape.length - 1);
  const op = maker.pick(['Softmax', 'Softmax', 'LogSoftmax', 'Hardmax']);
  return maker.node(op, [x], x.shape, op === 'LogSoftmax' ? 2 * x.bound + 5 : 1, { axis });
};

const flatSoft: OpMaker = (maker) => {
  const x = maker.value([2, 3, 4]);
  return x === null ? null : maker.node('Softmax', [x], x.shape, 1, { axis: 1, flatten: true });
};

const lpNorm: OpMaker = (maker) => {
  const x = maker.value([2, 3, 4]);
  if (x === null) return null;
  const axis = maker.rng.below(x.shape.length);
  return maker.node('LpNormalization', [maker.positive(x)], x.shape, 1, { axis, p: maker.int(1, 2) });
};

const matMul: OpMaker = (maker) => {
  const x = maker.value([1, 2, 3, 4]);
  if (x === null) return null;
  const inner = x.shape.at(-1) as number;
  const outputs = maker.int(1, 5);
  const shape = [...x.shape.slice(0, -1), outputs];
  return maker.node('MatMul', [x, maker.constant([inner, outputs])], shape, x.bound * inner);
};

const gemm: OpMaker = (maker) => {
  const x = maker.value([2]);
  if (x === null) return null;
  const turn = maker.int(0, 1);
  const turnA = maker.int(0, 1);
  const [rows = 1, inner = 1] = turnA === 1 ? x.shape.toReversed() : x.shape;
  const outputs = maker.int(1, 5);
  const weight = maker.constant(turn === 1 ? [outputs, inner] : [inner, outputs]);
  const bias = maker.chance(0.7) ? [maker.constant(maker.pick([[outputs], [1, outputs], []]))] : [];
  const attributes = { transA: turnA, transB: turn, alpha: maker.pick([1, 0.5]), beta: maker.pick([1, 2]) };
  return maker.node('Gemm', [x, weight, ...bias], [rows, outputs], x.bound * inner + 2, attributes);
};

const fusedMatMul: OpMaker = (maker) => {
  const x = maker.value([2, 3]);
  if (x === null) return null;
  const inner = x.shape.at(-1) as number;
  const shape = [...x.shape.slice(0, -1), 3];
  const attributes = { transB: 1, alpha: 0.5 };
  return maker.node(
    'com.microsoft:FusedMatMul',
    [x, maker.constant([3, inner])],
    shape,
    x.bound * inner,
    attributes,
  );
};

const einsum: OpMaker = (maker) => {
  const x = maker.value([3]);
  if (x === null) return null;
  const [a = 1, b = 1, c = 1] = x.shape;
  return maker.node('Einsum', [x, maker.constant([c, 2])], [a, 2, b], x.bound * c, {
    equation: 'abc,cd->adb',
  });
};

/** Scaled dot products of heads, with projections around, as exporters spell them out. */
const attention: OpMaker = (maker) => {
  const x = maker.value([3]);
  if (x === null) return null;
  const [n = 1, length = 1, width = 1] = x.shape;
  const [heads, size] = [2, 3];
  const project = () =>
    maker.node(
      'MatMul',
      [maker.within(x, 1), maker.constant([width, heads * size])],
      [n, length, heads * size],
      width,
    );
  const spread = (value: Made) => {
    const parts = maker.node(
      'Reshape',
      [value, maker.ints([0, 0, heads, size])],
      [n, length, heads, size],
      value.bound,
    );
    return maker.node('Transpose', [parts], [n, heads, length, size], value.bound, { perm: [0, 2, 1, 3] });
  };
  const [query, key, value] = [spread(project()), spread(project()), spread(project())];
  const turned = maker.node('Transpose', [key], [n, heads, size, length], key.bound, { perm: [0, 1, 3, 2] });
  const scores = maker.node(
    'MatMul',
    [query, turned],
    [n, heads, length, length],
    size * query.bound * key.bound,
  );
  const scaled = maker.node('Div', [scores, maker.number(Math.sqrt(size))], scores.shape, scores.bound);
  const shares = maker.node('Softmax', [scaled], scores.shape, 1, { axis: -1 });
  const mixed = maker.node('MatMul', [shares, value], [n, heads, length, size], value.bound);
  const back = maker.node('Transpose', [mixed], [n, length, heads, size], value.bound, {
    perm: [0, 2, 1, 3],
  });
  const joined = maker.node(
    'Reshape',
    [back, maker.ints([0, 0, heads * size])],
    [n, length, heads * size],
    value.bound,
  );
  const out = maker.node(
    'MatMul',
    [joined, maker.constant([heads * size, width])],
    x.shape,
    joined.bound * heads * size,
  );
  return maker.node('Add', [x, out], x.shape, x.bound + out.bound);
};

const resize: OpMaker = (maker) => {
  const x = maker.value([4]);
  if (x === null) return null;
  const [n = 1, h = 1, w = 1, c = 1] = x.shape;
  const mode = maker.pick(['nearest', 'linear']);
  const how = maker.pick(['half_pixel', 'asymmetric', 'align_corners']);
  const attributes = { mode, coordinate_transformation_mode: how, nearest_mode: 'floor' };
  // Through a convolution of one tap: with the channels last runtimes resize only some of these.
  const first = maker.node('Conv', [x, maker.constant([1, 1, c, c])], x.shape, x.bound * c);
  const [height, width] = [h * 2, w + 1];
  if (maker.chance(0.5)) {
    const scales = maker.parameter({ dtype: 'float32', shape: [4], data: Float32Array.of(1, 2, 2, 1) }, 2);
    return maker.node('Resize', [first, null, scales], [n, h * 2, w * 2, c], first.bound, attributes);
  }
  return maker.node(
    'Resize',
    [first, null, null, maker.ints([n, height, width, c])],
    [n, height, width, c],
    first.bound,
    attributes,
  );
};

const depth: OpMaker = (maker) => {
  const x = maker.value([4]);
  const [n = 1, h = 1, w = 1, c = 1] = x?.shape ?? [];
  if (x === null) return null;
  if (c % 4 === 0) {
    const mode = maker.pick(['DCR', 'CRD']);
    return maker.node('DepthToSpace', [x], [n, h * 2, w * 2, c / 4], x.bound, { blocksize: 2, mode });
  }
  if (h % 2 !== 0 || w % 2 !== 0) return null;
  return maker.node('SpaceToDepth', [x], [n, h / 2, w / 2, c * 4], x.bound, { blocksize: 2 });
};

const recurrent: OpMaker = (maker) => {
  const x = maker.value([3]);
  if (x === null) return null;
  const [length = 1, n = 1, width = 1] = x.shape;
  const [op, gates] = maker.pick([
    ['LSTM', 4],
    ['GRU', 3],
    ['RNN', 1],
  ] as const);
  const size = 2;
  const weights = [maker.constant([1, gates * size, width]), maker.constant([1, gates * size, size])];
  const [all] = maker.nodeOf(op, [maker.within(x, 1), ...weights], [[length, 1, n, size]], 1, {
    hidden_size: size,
  });
  return all ?? null;
};

export const NETWORK_MAKERS: readonly OpMaker[] = [
  conv,
  conv,
  conv,
  convTranspose,
  pool('MaxPool'),
  pool('AveragePool'),
  pool('LpPool'),
  globalPool,
  excitation,
  batchNorm,
  batchNorm,
  instanceNorm,
  groupNorm,
  layerNorm,
  skipLayerNorm,
  localNorm,
  soft,
  flatSoft,
  lpNorm,
  matMul,
  gemm,
  fusedMatMul,
  einsum,
  attention,
  resize,
  depth,
  recurrent,
];
