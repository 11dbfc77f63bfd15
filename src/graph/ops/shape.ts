import * as tf from '@tensorflow/tfjs-core';
import { computeType, sizeOf, toNumbers } from '../model/tensor-data.ts';
import type { OpCall } from './call.ts';
import {
  broadcastPositions,
  broadcastShapes,
  numbersOf,
  reshaped,
  stridedPositions,
  stridesOf,
  taken,
} from './host-math.ts';
import { type Op, opTable, type Result } from './op.ts';
import { padded, spread, transposed } from './ranks.ts';
import { hostInts, hostValue, type HostValue, type Value } from './value.ts';

/** Results up to this many elements that depend on sizes alone stay on the host. */
const HOST_ELEMENTS = 4096;

/** An operation that only changes the shape. */
function reshaping(shapeOf: (call: OpCall) => number[]): Omit<Op, 'doc'> {
  return {
    hostInputs: [1],
    run: (call) => tf.reshape(call.tensor(0), shapeOf(call)),
    host: (call) => reshaped(call.host(0), shapeOf(call)),
  };
}

function reshapeTarget(call: OpCall): number[] {
  const from = call.shape(0);
  const keepZero = call.flag('allowzero');
  const wanted = (call.list(1, 'shape') ?? []).map((size, axis) =>
    size === 0 && !keepZero ? (from[axis] ?? 0) : size,
  );
  const open = wanted.indexOf(-1);
  if (open === -1) return wanted;
  const rest = sizeOf(wanted.filter((_, axis) => axis !== open));
  return wanted.map((size, axis) => (axis === open ? (rest === 0 ? 0 : sizeOf(from) / rest) : size));
}

function squeezed(call: OpCall): number[] {
  const shape = call.shape(0);
  const axes = call.list(1, 'axes')?.map((axis) => call.axis(axis, shape.length));
  return shape.filter((size, axis) => (axes === undefined ? size !== 1 : !axes.includes(axis)));
}

function unsqueezed(call: OpCall): number[] {
  const shape = call.shape(0);
  const axes = call.list(1, 'axes') ?? [];
  const rank = shape.length + axes.length;
  const added = new Set(axes.map((axis) => call.axis(axis, rank)));
  const rest = [...shape];
  return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.shift() ?? 1)));
}

function flattened(call: OpCall): number[] {
  const shape = call.shape(0);
  const axis = call.number('axis', 1);
  const split = axis < 0 ? axis + shape.length : axis;
  return [sizeOf(shape.slice(0, split)), sizeOf(shape.slice(split))];
}

function permutation(call: OpCall): number[] {
  return [...(call.ints('perm') ?? call.shape(0).map((_, axis, all) => all.length - 1 - axis))];
}

function transposeHost(value: HostValue, perm: readonly number[]): HostValue {
  const strides = stridesOf(value.shape);
  const shape = perm.map((axis) => value.shape[axis] as number);
  const steps = perm.map((axis) => strides[axis] as number);
  return taken(value, stridedPositions(shape, steps, 0), shape);
}

/** Values joined along an axis, on the host. */
export function concatHost(values: readonly HostValue[], axis: number): HostValue {
  const [first] = values;
  if (first === undefined) throw new Error('nothing to join');
  const outer = sizeOf(first.shape.slice(0, axis));
  const shape = first.shape.map((size, i) =>
    i === axis ? values.reduce((sum, value) => sum + (value.shape[axis] as number), 0) : size,
  );
  const parts: (number | string)[] = [];
  for (let row = 0; row < outer; row++) {
    for (const { data, shape: own } of values) {
      const width = sizeOf(own.slice(axis));
      for (let i = 0; i < width; i++) parts.push(data[row * width + i] as number | string);
    }
  }
  return hostValue(parts as number[] | string[], shape, first.dtype);
}

/** Start, step and number of elements along each axis. */
interface Cut {
  readonly start: number;
  readonly step: number;
  readonly size: number;
}

function cuts(call: OpCall): Cut[] {
  const shape = call.shape(0);
  const starts = call.list(1) ?? [];
  const ends = call.list(2) ?? [];
  const axes = call.list(3) ?? starts.map((_, i) => i);
  const steps = call.list(4) ?? starts.map(() => 1);
  const result = shape.map((size): Cut => ({ start: 0, step: 1, size }));
  axes.forEach((given, i) => {
    const axis = call.axis(given, shape.length);
    const size = shape[axis] as number;
    const step = steps[i] as number;
    if (step === 0) throw new Error('a step of zero');
    const bounded = (at: number, low: number, high: number) =>
      Math.min(high, Math.max(low, at < 0 ? at + size : at));
    const down = step < 0;
    const start = bounded(starts[i] as number, 0, down ? size - 1 : size);
    const end = bounded(ends[i] as number, down ? -1 : 0, down ? size - 1 : size);
    // An end of -1 that was not given as such means "before the first".
    const last = down && (ends[i] as number) < -size ? -1 : end;
    result[axis] = { start, step, size: Math.max(0, Math.ceil((last - start) / step)) };
  });
  return result;
}

function slice(call: OpCall): tf.Tensor {
  const x = call.tensor(0);
  const all = cuts(call);
  const plain = all.map(({ step }) => step === 1);
  const begin = all.map(({ start }, axis) => (plain[axis] === true ? start : 0));
  const size = all.map((cut, axis) => (plain[axis] === true ? cut.size : (x.shape[axis] as number)));
  const whole = size.every((length, axis) => length === x.shape[axis]);
  let result: tf.Tensor = whole ? x : tf.slice(x, begin, size);
  all.forEach(({ start, step, size: length }, axis) => {
    if (step === 1) return;
    const indices = Int32Array.from({ length }, (_, i) => start + i * step);
    result = tf.gather(result, tf.tensor1d(indices, 'int32'), axis);
  });
  return result;
}

function sliceHost(call: OpCall): HostValue {
  const value = call.host(0);
  const all = cuts(call);
  const strides = stridesOf(value.shape);
  const shape = all.map(({ size }) => size);
  const steps = all.map(({ step }, axis) => step * (strides[axis] as number));
  const start = all.reduce((sum, cut, axis) => sum + cut.start * (strides[axis] as number), 0);
  return taken(value, stridedPositions(shape, steps, start), shape);
}

function splitSizes(call: OpCall): { readonly axis: number; readonly sizes: number[] } {
  const axis = call.axis(call.number('axis', 0), call.rank(0));
  const total = call.shape(0)[axis] as number;
  const given = call.list(1, 'split');
  if (given !== null) return { axis, sizes: given };
  const parts = call.number('num_outputs', call.node.outputs.length);
  const size = Math.ceil(total / parts);
  return {
    axis,
    sizes: Array.from({ length: parts }, (_, i) => Math.max(0, Math.min(size, total - i * size))),
  };
}

/** Positions to take along each axis for a padding that repeats what is there. */
function paddedIndices(mode: string, size: number, before: number, after: number): Int32Array {
  return Int32Array.from({ length: before + size + after }, (_, i) => {
    const at = i - before;
    if (mode === 'edge') return Math.min(size - 1, Math.max(0, at));
    if (mode === 'wrap') return ((at % size) + size) % size;
    const period = Math.max(1, 2 * (size - 1));
    const inPeriod = ((at % period) + period) % period;
    return Math.min(inPeriod, period - inPeriod);
  });
}

function pad(call: OpCall): tf.Tensor {
  const x = call.tensor(0);
  const pads = call.list(1, 'pads') ?? [];
  const axes = call.list(3)?.map((axis) => call.axis(axis, x.rank)) ?? x.shape.map((_, axis) => axis);
  const around = x.shape.map((): [number, number] => [0, 0]);
  axes.forEach((axis, i) => (around[axis] = [pads[i] ?? 0, pads[i + axes.length] ?? 0]));
  const mode = call.text('mode', 'constant');
  if (mode !== 'constant') {
    return around.reduce((result, [before, after], axis) => {
      if (before === 0 && after === 0) return result;
      const indices = paddedIndices(mode, result.shape[axis] as number, before, after);
      return tf.gather(result, tf.tensor1d(indices, 'int32'), axis);
    }, x);
  }
  const begin = around.map(([before]) => Math.max(0, -before));
  const size = around.map(
    ([before, after], axis) => (x.shape[axis] as number) + Math.min(0, before) + Math.min(0, after),
  );
  const cropped = size.every((length, axis) => length === x.shape[axis]) ? x : tf.slice(x, begin, size);
  const grow = around.map(([before, after]): [number, number] => [Math.max(0, before), Math.max(0, after)]);
  const value = call.has(2) ? Number(call.host(2).data[0] ?? 0) : 0;
  return padded(cropped, grow, value);
}

/** A value filled with one number: on the host if it is small. */
function filled(shape: readonly number[], number: number, dtype: Parameters<typeof hostValue>[2]): Result {
  const count = sizeOf(shape);
  if (count <= HOST_ELEMENTS) return hostValue(new Float64Array(count).fill(number), shape, dtype);
  const type = computeType(dtype) === 'float32' ? 'float32' : 'int32';
  const tensor = tf.fill([...shape], number, type);
  return { kind: 'tensor', dtype, tensor: dtype === 'bool' ? tf.cast(tensor, 'bool') : tensor };
}

function diagonalMask(
  rows: number,
  columns: number,
  keep: (row: number, column: number) => boolean,
): tf.Tensor {
  const mask = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) mask[r * columns + c] = Number(keep(r, c));
  return tf.tensor2d(mask, [rows, columns]);
}

function expand(call: OpCall): number[] {
  return broadcastShapes(call.shape(0), call.list(1) ?? []);
}

export const SHAPE = opTable({
  Identity: { run: (call) => call.value(0) },
  Shape: {
    differentiable: false,
    run: (call) => {
      const shape = call.shape(0);
      const from = (at: number) => Math.min(shape.length, Math.max(0, at < 0 ? at + shape.length : at));
      return hostInts(shape.slice(from(call.number('start', 0)), from(call.number('end', shape.length))));
    },
  },
  Size: { differentiable: false, run: (call) => hostValue([sizeOf(call.shape(0))], [], 'int64') },
  Reshape: reshaping(reshapeTarget),
  Flatten: reshaping(flattened),
  Squeeze: reshaping(squeezed),
  Unsqueeze: reshaping(unsqueezed),
  Transpose: {
    run: (call) => transposed(call.tensor(0), permutation(call)),
    host: (call) => transposeHost(call.host(0), permutation(call)),
  },
  Concat: {
    run: (call) => {
      const parts = call.tensors();
      const axis = call.axis(call.number('axis', 0), call.rank(0));
      return parts.length === 1 ? (parts[0] as tf.Tensor) : tf.concat(parts, axis);
    },
    host: (call) =>
      concatHost(
        call.all().map((_, index) => call.host(index)),
        call.axis(call.number('axis', 0), call.rank(0)),
      ),
  },
  Split: {
    hostInputs: [1],
    run: (call) => {
      const { axis, sizes } = splitSizes(call);
      return tf.split(call.tensor(0), sizes, axis);
    },
    host: (call): Value[] => {
      const { axis, sizes } = splitSizes(call);
      const value = call.host(0);
      const strides = stridesOf(value.shape);
      let start = 0;
      return sizes.map((size) => {
        const shape = value.shape.map((own, i) => (i === axis ? size : own));
        const part = taken(value, stridedPositions(shape, strides, start * (strides[axis] as number)), shape);
        start += size;
        return part;
      });
    },
  },
  Slice: { hostInputs: [1, 2, 3, 4], run: slice, host: sliceHost },
  Expand: {
    hostInputs: [1],
    run: (call) => {
      const x = call.tensor(0);
      const shape = expand(call);
      if (x.dtype === 'bool') return tf.cast(spread(tf.cast(x, 'int32'), shape), 'bool');
      return spread(x, shape);
    },
    host: (call) => {
      const shape = expand(call);
      if (sizeOf(shape) > HOST_ELEMENTS) return null;
      return taken(call.host(0), broadcastPositions(call.shape(0), shape), shape);
    },
  },
  Tile: {
    hostInputs: [1],
    run: (call) => tf.tile(call.tensor(0), call.list(1) ?? []),
    host: (call) =>
      (call.list(1) ?? []).reduce(
        (value, repeats, axis) => concatHost(new Array<HostValue>(repeats).fill(value), axis),
        call.host(0),
      ),
  },
  Pad: { hostInputs: [1, 2, 3], run: pad },
  ConstantOfShape: {
    differentiable: false,
    hostInputs: [0],
    run: (call) => {
      const value = call.data('value');
      const number = value === null ? 0 : (toNumbers(value)[0] ?? 0);
      return filled(call.list(0) ?? [], number, value?.dtype ?? 'float32');
    },
  },
  Range: {
    hostInputs: 'all',
    differentiable: false,
    run: (call) => {
      const [start = 0, limit = 0, delta = 1] = [0, 1, 2].map((i) => numbersOf(call.host(i))[0]);
      const count = Math.max(0, Math.ceil((limit - start) / delta));
      return hostValue(
        Float64Array.from({ length: count }, (_, i) => start + i * delta),
        [count],
        call.dtype(0),
      );
    },
  },
  EyeLike: {
    differentiable: false,
    run: (call) => {
      const [rows = 0, columns = 0] = call.shape(0);
      const k = call.number('k', 0);
      const dtype = call.text('dtype', call.dtype(0)) as Parameters<typeof hostValue>[2];
      const data = Float64Array.from({ length: rows * columns }, (_, i) =>
        Number((i % columns) - Math.floor(i / columns) === k),
      );
      return hostValue(data, [rows, columns], dtype);
    },
  },
  Trilu: {
    hostInputs: [1],
    run: (call) => {
      const x = call.tensor(0);
      const [rows = 0, columns = 0] = x.shape.slice(-2);
      const k = call.has(1) ? (call.numbers(1)[0] ?? 0) : 0;
      const upper = call.flag('upper', true);
      const mask = diagonalMask(rows, columns, (row, column) =>
        upper ? column - row >= k : column - row <= k,
      );
      if (x.size === 0) return x;
      return tf.cast(tf.mul(tf.cast(x, 'float32'), mask), x.dtype);
    },
  },
  CumSum: {
    hostInputs: [1],
    run: (call) => {
      const axis = call.axis(call.numbers(1)[0] ?? 0, call.rank(0));
      return tf.cumsum(call.tensor(0), axis, call.flag('exclusive'), call.flag('reverse'));
    },
  },
  DepthToSpace: {
    run: (call) => {
      const [n = 0, h = 0, w = 0, c = 0] = call.shape(0);
      const b = call.number('blocksize', 1);
      const inner = c / (b * b);
      const crd = call.text('mode', 'DCR') === 'CRD';
      const split = tf.reshape(call.tensor(0), crd ? [n, h, w, inner, b, b] : [n, h, w, b, b, inner]);
      const perm = crd ? [0, 1, 4, 2, 5, 3] : [0, 1, 3, 2, 4, 5];
      return tf.reshape(tf.transpose(split, perm), [n, h * b, w * b, inner]);
    },
  },
  SpaceToDepth: {
    run: (call) => {
      const [n = 0, h = 0, w = 0, c = 0] = call.shape(0);
      const b = call.number('blocksize', 1);
      const split = tf.reshape(call.tensor(0), [n, h / b, b, w / b, b, c]);
      return tf.reshape(tf.transpose(split, [0, 1, 3, 2, 4, 5]), [n, h / b, w / b, b * b * c]);
    },
  },
  ReverseSequence: {
    hostInputs: [1],
    run: (call) => {
      const time = call.number('time_axis', 0);
      const batch = call.number('batch_axis', 1);
      const x = call.tensor(0);
      const lengths = call.numbers(1);
      const steps = x.shape[time] as number;
      const perm = x.shape.map((_, axis) => axis);
      const rest = perm.filter((axis) => axis !== time && axis !== batch);
      const front = [batch, time, ...rest];
      const moved = tf.transpose(x, front);
      const rows = Int32Array.from({ length: lengths.length * steps }, (_, i) => {
        const row = Math.floor(i / steps);
        const at = i % steps;
        const length = lengths[row] as number;
        return row * steps + (at < length ? length - 1 - at : at);
      });
      const flat = tf.reshape(moved, [lengths.length * steps, ...moved.shape.slice(2)]);
      const turned = tf.reshape(tf.gather(flat, tf.tensor1d(rows, 'int32')), moved.shape);
      return tf.transpose(
        turned,
        perm.map((axis) => front.indexOf(axis)),
      );
    },
  },
});
