import { sizeOf } from '../../graph/model/tensor-data.ts';
import type { OpMaker } from './elementwise-ops.ts';
import type { GraphMaker, Made } from './graph-maker.ts';

/** An operation on any value of at least one axis. */
const on =
  (
    make: (maker: GraphMaker, x: Made, axis: number) => Made | null,
    ranks: readonly number[] = [1, 2, 3, 4, 5],
  ): OpMaker =>
  (maker) => {
    const x = maker.value(ranks);
    return x === null ? null : make(maker, x, maker.rng.below(x.shape.length));
  };

const replaced = (shape: readonly number[], axis: number, size: number) =>
  shape.map((own, i) => (i === axis ? size : own));

/** From the end as often as from the start. */
const signed = (maker: GraphMaker, axis: number, rank: number) => (maker.chance(0.5) ? axis - rank : axis);

function shuffledAxes(maker: GraphMaker, rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, i) => i);
  return axes.map((axis, i) => {
    const other = maker.int(i, rank - 1);
    const taken = axes[other] as number;
    axes[other] = axis === axes[i] ? axis : (axes[i] as number);
    axes[i] = taken;
    return taken;
  });
}

const reshape = on((maker, x) => {
  const merged = maker.rng.below(Math.max(1, x.shape.length - 1));
  const pair = x.shape.slice(merged, merged + 2);
  const shape = [...x.shape.slice(0, merged), sizeOf(pair), ...x.shape.slice(merged + pair.length)];
  const told = maker.chance(0.5) ? replaced(shape, maker.rng.below(shape.length), -1) : shape;
  return maker.node('Reshape', [x, maker.ints(told)], shape, x.bound);
});

/** As exporters write it: the batch from the value's own shape, the rest in one. */
const dynamicReshape = on((maker, x) => {
  const shape = maker.node('Shape', [x], [x.shape.length], 0);
  const first = maker.node('Gather', [shape, maker.ints([0], [])], [], 0, { axis: 0 });
  const batch = maker.node('Unsqueeze', [first, maker.ints([0])], [1], 0);
  const target = maker.node('Concat', [batch, maker.ints([-1])], [2], 0, { axis: 0 });
  const [n = 1, ...rest] = x.shape;
  return maker.node('Reshape', [x, target], [n, sizeOf(rest)], x.bound);
});

const transpose = on((maker, x) => {
  const rank = x.shape.length;
  const last = [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
  const first = [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];
  const perm = rank > 2 && maker.chance(0.6) ? maker.pick([last, first]) : shuffledAxes(maker, rank);
  return maker.node(
    'Transpose',
    [x],
    perm.map((axis) => x.shape[axis] as number),
    x.bound,
    { perm },
  );
});

const concat = on((maker, x, axis) => {
  const others = maker.values.filter(
    ({ shape }) =>
      shape.length === x.shape.length && shape.every((size, i) => i === axis || size === x.shape[i]),
  );
  const more = maker.chance(0.7)
    ? maker.pick(others)
    : maker.constant(replaced(x.shape, axis, maker.int(1, 3)));
  const shape = replaced(x.shape, axis, (x.shape[axis] as number) + (more.shape[axis] as number));
  const bound = Math.max(x.bound, more.bound);
  return maker.node('Concat', [x, more], shape, bound, { axis: signed(maker, axis, shape.length) });
});

const split = on((maker, x, axis) => {
  const size = x.shape[axis] as number;
  if (size < 2) return null;
  const attributes = { axis: signed(maker, axis, x.shape.length) };
  const even = size % 2 === 0 && maker.chance(0.5);
  const first = even ? size / 2 : maker.int(1, size - 1);
  const shapes = [first, size - first].map((part) => replaced(x.shape, axis, part));
  const sizes = even ? null : maker.ints([first, size - first]);
  const [left, right] = maker.nodeOf('Split', sizes === null ? [x] : [x, sizes], shapes, x.bound, attributes);
  maker.keep(left as Made);
  return right ?? null;
});

const slice = on((maker, x, axis) => {
  const size = x.shape[axis] as number;
  const start = maker.rng.below(size);
  const end = maker.int(start + 1, size);
  const step = maker.pick([1, 1, 2]);
  const shape = replaced(x.shape, axis, Math.ceil((end - start) / step));
  const far = end === size && maker.chance(0.5) ? 2 ** 40 : end;
  const rank = x.shape.length;
  const lists = [[start], [far], [signed(maker, axis, rank)], [step]].map((list) => maker.ints(list));
  return maker.node('Slice', [x, ...lists], shape, x.bound);
});

const reversed = on((maker, x, axis) => {
  const lists = [[-1], [-(2 ** 40)], [axis], [-1]].map((list) => maker.ints(list));
  return maker.node('Slice', [x, ...lists], x.shape, x.bound);
});

const expand = on(
  (maker, x) => {
    const single = x.shape.indexOf(1);
    const shape = single === -1 ? [2, ...x.shape] : replaced(x.shape, single, 3);
    return maker.node('Expand', [x, maker.ints(shape)], shape, x.bound);
  },
  [1, 2, 3, 4],
);

const tile = on((maker, x, axis) => {
  const repeats = x.shape.map((_, i) => (i === axis ? 2 : 1));
  return maker.node(
    'Tile',
    [x, maker.ints(repeats)],
    replaced(x.shape, axis, 2 * (x.shape[axis] as number)),
    x.bound,
  );
});

const pad = on((maker, x, axis) => {
  const size = x.shape[axis] as number;
  const mode = size > 2 ? maker.pick(['constant', 'reflect', 'edge']) : 'constant';
  const [before, after] = [maker.int(0, 2), maker.int(0, 1)];
  const around = (at: number) => x.shape.map((_, i) => (i === axis ? at : 0));
  const pads = maker.ints([...around(before), ...around(after)]);
  const inputs = mode === 'constant' ? [x, pads, maker.number(0.25)] : [x, pads];
  return maker.node('Pad', inputs, replaced(x.shape, axis, size + before + after), x.bound, { mode });
});

const squeeze = on(
  (maker, x) => {
    const single = x.shape.indexOf(1);
    const rank = x.shape.length;
    if (single === -1) {
      const at = maker.int(0, rank);
      const shape = [...x.shape.slice(0, at), 1, ...x.shape.slice(at)];
      return maker.node('Unsqueeze', [x, maker.ints([at])], shape, x.bound);
    }
    const shape = x.shape.filter((_, i) => i !== single);
    return maker.node('Squeeze', [x, maker.ints([signed(maker, single, rank)])], shape, x.bound);
  },
  [1, 2, 3, 4],
);

const flatten = on((maker, x) => {
  const axis = maker.int(0, x.shape.length);
  const shape = [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))];
  return maker.node('Flatten', [x], shape, x.bound, { axis });
});

const gather = on((maker, x, axis) => {
  const size = x.shape[axis] as number;
  const count = maker.int(1, 3);
  const single = maker.chance(0.3);
  const wanted = Array.from({ length: single ? 1 : count }, () => maker.int(-size, size - 1));
  const indices = maker.ints(wanted, single ? [] : [count], maker.pick(['int32', 'int64']));
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return maker.node('Gather', [x, indices], shape, x.bound, { axis: signed(maker, axis, x.shape.length) });
});

const gatherElements = on((maker, x, axis) => {
  const size = x.shape[axis] as number;
  const shape = replaced(x.shape, axis, maker.int(1, 3));
  const wanted = Array.from({ length: sizeOf(shape) }, () => maker.rng.below(size));
  return maker.node('GatherElements', [x, maker.ints(wanted, shape)], shape, x.bound, { axis });
});

const gatherNd = on((maker, x) => {
  const depth = maker.int(1, x.shape.length);
  const wanted = Array.from({ length: 2 * depth }, (_, i) => maker.rng.below(x.shape[i % depth] as number));
  return maker.node('GatherND', [x, maker.ints(wanted, [2, depth])], [2, ...x.shape.slice(depth)], x.bound);
});

const scatterNd = on((maker, x) => {
  const [rows = 1, ...rest] = x.shape;
  const add = maker.chance(0.5);
  const indices = maker.ints([maker.rng.below(rows)], [1, 1]);
  const updates = maker.constant([1, ...rest]);
  return maker.node('ScatterND', [x, indices, updates], x.shape, x.bound + 1, {
    reduction: add ? 'add' : 'none',
  });
});

const scatterElements = on((maker, x, axis) => {
  const shape = replaced(x.shape, axis, 1);
  const at = maker.rng.below(x.shape[axis] as number);
  const indices = maker.ints(new Array<number>(sizeOf(shape)).fill(at), shape);
  const reduction = maker.pick(['none', 'add']);
  return maker.node('ScatterElements', [x, indices, maker.constant(shape)], x.shape, x.bound + 1, {
    axis,
    reduction,
  });
});

const cumulative = on((maker, x, axis) => {
  const flags = { exclusive: maker.int(0, 1), reverse: maker.int(0, 1) };
  const bound = x.bound * (x.shape[axis] as number);
  return maker.node('CumSum', [x, maker.ints([axis], [])], x.shape, bound, flags);
});

const triangle = on(
  (maker, x) =>
    maker.node('Trilu', [x, maker.ints([maker.int(-1, 1)], [])], x.shape, x.bound, {
      upper: maker.int(0, 1),
    }),
  [2, 3, 4],
);

const topK = on((maker, x, axis) => {
  const k = maker.int(1, x.shape[axis] as number);
  const shape = replaced(x.shape, axis, k);
  const attributes = { axis, largest: maker.int(0, 1) };
  const [values, places] = maker.nodeOf('TopK', [x, maker.ints([k])], [shape, shape], x.bound, attributes);
  // Equal but for rounding, values change places.
  if (places !== undefined) maker.hide(places);
  return values ?? null;
});

const best = on((maker, x, axis) => {
  const keepdims = maker.int(0, 1);
  const shape = keepdims === 1 ? replaced(x.shape, axis, 1) : x.shape.filter((_, i) => i !== axis);
  const found = maker.node(maker.pick(['ArgMax', 'ArgMin']), [x], shape, 0, { axis, keepdims });
  return maker.cast({ ...found, bound: x.shape[axis] as number }, 'float32');
});

const oneHot = on(
  (maker, x) => {
    const codes = maker.cast(maker.node('Abs', [maker.within(x, 3)], x.shape, 3), 'int64');
    const pair = maker.parameter({ dtype: 'float32', shape: [2], data: Float32Array.of(-0.5, 1.5) }, 1.5);
    return maker.node('OneHot', [codes, maker.ints([4], []), pair], [...x.shape, 4], 1.5, { axis: -1 });
  },
  [1, 2, 3],
);

const REDUCTIONS: readonly (readonly [op: string, bound: (x: number, n: number) => number])[] = [
  ['ReduceSum', (x, n) => x * n],
  ['ReduceMean', (x) => x],
  ['ReduceMax', (x) => x],
  ['ReduceMin', (x) => x],
  ['ReduceL1', (x, n) => x * n],
  ['ReduceL2', (x, n) => x * Math.sqrt(n)],
  ['ReduceSumSquare', (x, n) => x * x * n],
  ['ReduceLogSumExp', (x, n) => x + Math.log(n)],
];

function reduce(maker: GraphMaker, x: Made, op: string, bound: (x: number, n: number) => number): Made {
  const axes = x.shape.map((_, i) => i).filter(() => maker.chance(0.5));
  const keepdims = maker.int(0, 1);
  const gone = axes.length === 0 ? x.shape.map((_, i) => i) : axes;
  const shape = x.shape.flatMap((size, i) => (gone.includes(i) ? (keepdims === 1 ? [1] : []) : [size]));
  const count = sizeOf(gone.map((axis) => x.shape[axis] as number));
  const list = axes.length === 0 ? null : maker.ints(axes.map((axis) => signed(maker, axis, x.shape.length)));
  return maker.node(op, list === null ? [x] : [x, list], shape, bound(x.bound, count), { keepdims });
}

const product = on((maker, x, axis) => {
  const squashed = maker.within(x, 1);
  return maker.node('ReduceProd', [squashed, maker.ints([axis])], replaced(x.shape, axis, 1), 1, {
    keepdims: 1,
  });
});

const logSum = on((maker, x, axis) => {
  const positive = maker.positive(x);
  const bound = 2 + Math.log(positive.bound * 10);
  return maker.node('ReduceLogSum', [positive, maker.ints([axis])], replaced(x.shape, axis, 1), bound, {
    keepdims: 1,
  });
});

/** Numbers that follow from a shape alone. */
const positions = on((maker, x, axis) => {
  const shape = maker.node('Shape', [x], [x.shape.length], 0);
  const size = maker.node('Gather', [shape, maker.ints([axis], [])], [], 0);
  const range = maker.node(
    'Range',
    [maker.ints([0], []), size, maker.ints([1], [])],
    [x.shape[axis] as number],
    10,
  );
  const floats = maker.cast(range, 'float32');
  const spread = x.shape.slice(axis + 1).map(() => 1);
  const wide = maker.node(
    'Reshape',
    [floats, maker.ints([-1, ...spread])],
    [x.shape[axis] as number, ...spread],
    10,
  );
  return maker.node('Add', [x, wide], x.shape, x.bound + 10);
});

const filled = on((maker, x) => {
  const shape = maker.node('Shape', [x], [x.shape.length], 0);
  const value = { dtype: 'float32', shape: [1], data: Float32Array.of(0.75) } as const;
  const constant = maker.node('ConstantOfShape', [shape], x.shape, 1, { value });
  return maker.node('Mul', [x, constant], x.shape, x.bound);
});

export const SHAPE_MAKERS: readonly OpMaker[] = [
  reshape,
  dynamicReshape,
  transpose,
  transpose,
  transpose,
  concat,
  split,
  slice,
  reversed,
  expand,
  tile,
  pad,
  squeeze,
  flatten,
  gather,
  gatherElements,
  gatherNd,
  scatterNd,
  scatterElements,
  cumulative,
  triangle,
  topK,
  best,
  oneHot,
  ...REDUCTIONS.map(([op, bound]) => on((maker, x) => reduce(maker, x, op, bound))),
  product,
  logSum,
  positions,
  filled,
];
