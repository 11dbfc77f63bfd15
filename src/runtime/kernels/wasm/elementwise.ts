/** @file One pass over memory: activations and their gradients, sums, products and differences with broadcasting. */
import { at, floatAt } from './arguments';
import { ADD, FLAT_CHUNK, HARD_SIGMOID, HARD_SWISH, MULTIPLY, SUBTRACT } from './jobs';

/**
 * `out[i] = activation(x[i])`. Arguments: x, out, elements, kind, lower and upper limit of a clamp (floats).
 * Chunks: 32768 elements each.
 */
export function activate(args: usize, chunk: i32): void {
  const first = chunk * FLAT_CHUNK;
  const count = min(FLAT_CHUNK, <i32>at(args, 2) - first);
  let x = at(args, 0) + ((<usize>first) << 2);
  let out = at(args, 1) + ((<usize>first) << 2);
  const kind = <i32>at(args, 3);
  const low = floatAt(args, 4);
  const high = floatAt(args, 5);
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  const end = out + ((<usize>(count & ~3)) << 2);
  if (kind === HARD_SWISH) {
    for (; out < end; out += 16) {
      const value = v128.load(x);
      v128.store(out, f32x4.mul(value, hardSigmoid(value)));
      x += 16;
    }
  } else if (kind === HARD_SIGMOID) {
    for (; out < end; out += 16) {
      v128.store(out, hardSigmoid(v128.load(x)));
      x += 16;
    }
  } else {
    for (; out < end; out += 16) {
      v128.store(out, f32x4.pmin(f32x4.pmax(v128.load(x), lows), highs));
      x += 16;
    }
  }
  for (let i = count & 3; i > 0; i--) {
    const value = load<f32>(x);
    const gate = min<f32>(max<f32>(value + 3, 0), 6) * <f32>(1 / 6);
    if (kind === HARD_SWISH) store<f32>(out, value * gate);
    else if (kind === HARD_SIGMOID) store<f32>(out, gate);
    else store<f32>(out, min<f32>(max<f32>(value, low), high));
    x += 4;
    out += 4;
  }
}

function hardSigmoid(value: v128): v128 {
  const shifted = f32x4.pmax(f32x4.add(value, f32x4.splat(3)), f32x4.splat(0));
  return f32x4.mul(f32x4.pmin(shifted, f32x4.splat(6)), f32x4.splat(1 / 6));
}

/**
 * `out[r, c] = dy[r, c] * slope(x[r, c])`, and in the same pass the sums of `out` over the rows of a chunk. Kinds:
 * hard-swish (`x` is what it was applied to), hard-sigmoid likewise, else a clamp, of which `x` is the result.
 * Arguments: x, dy, out, rows, columns, rows of a chunk, sums `[chunks, columns]` or 0, kind, limits (floats).
 */
export function activationGradient(args: usize, chunk: i32): void {
  const columns = <i32>at(args, 4);
  const first = chunk * <i32>at(args, 5);
  const rows = min(<i32>at(args, 5), <i32>at(args, 3) - first);
  const bytes = (<usize>columns) << 2;
  const start = <usize>first * bytes;
  const kind = <i32>at(args, 7);
  const low = floatAt(args, 8);
  const high = floatAt(args, 9);
  let x = at(args, 0) + start;
  let dy = at(args, 1) + start;
  let out = at(args, 2) + start;
  let sums = at(args, 6);
  if (sums !== 0) {
    sums += <usize>chunk * bytes;
    memory.fill(sums, 0, bytes);
  }
  for (let row = 0; row < rows; row++) {
    gradientRow(x, dy, out, sums, columns, kind, low, high);
    x += bytes;
    dy += bytes;
    out += bytes;
  }
}

function gradientRow(
  x: usize,
  dy: usize,
  out: usize,
  sums: usize,
  columns: i32,
  kind: i32,
  low: f32,
  high: f32,
): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  const end = out + ((<usize>(columns & ~3)) << 2);
  for (; out < end; out += 16) {
    const value = v128.load(x);
    const slope = v128.load(dy);
    let result: v128;
    if (kind === HARD_SWISH) result = f32x4.mul(slope, hardSwishSlope(value));
    else {
      result = v128.and(slope, v128.and(f32x4.gt(value, lows), f32x4.lt(value, highs)));
      if (kind === HARD_SIGMOID) result = f32x4.mul(result, f32x4.splat(1 / 6));
    }
    v128.store(out, result);
    x += 16;
    dy += 16;
    if (sums === 0) continue;
    v128.store(sums, f32x4.add(v128.load(sums), result));
    sums += 16;
  }
  for (let i = columns & 3; i > 0; i--) {
    const value = load<f32>(x);
    let result = load<f32>(dy);
    if (kind === HARD_SWISH) {
      result *= value > 3 ? 1 : value < -3 ? 0 : value * <f32>(1 / 3) + 0.5;
    } else {
      result = value > low && value < high ? result : 0;
      if (kind === HARD_SIGMOID) result *= <f32>(1 / 6);
    }
    store<f32>(out, result);
    x += 4;
    dy += 4;
    out += 4;
    if (sums === 0) continue;
    store<f32>(sums, load<f32>(sums) + result);
    sums += 4;
  }
}

/** 0 below -3, 1 above 3, `x/3 + 1/2` between. */
function hardSwishSlope(value: v128): v128 {
  const slope = f32x4.add(f32x4.mul(value, f32x4.splat(1 / 3)), f32x4.splat(0.5));
  const bounded = v128.bitselect(f32x4.splat(1), slope, f32x4.gt(value, f32x4.splat(3)));
  return v128.andnot(bounded, f32x4.lt(value, f32x4.splat(-3)));
}

/**
 * `out[o, m, i] = x[o, m, i] (op) y[o, i]`. Arguments: x, y, out, middle, inner, rows of a chunk, all rows (outer x
 * middle), operation, elements of `y` per outer index (0: the same for all), 1 if `y` has one element for the whole
 * row, 1 if `y` is the left operand. Chunks: blocks of rows; or of 32768 elements where there is one row.
 */
export function combine(args: usize, chunk: i32): void {
  const middle = <i32>at(args, 3);
  let inner = <i32>at(args, 4);
  const rowsAtOnce = <i32>at(args, 5);
  const rows = <i32>at(args, 6);
  const operation = <i32>at(args, 7);
  const isSplat = at(args, 9) !== 0;
  const swapped = at(args, 10) !== 0;
  let row = chunk * rowsAtOnce;
  let end = min(row + rowsAtOnce, rows);
  let skip: usize = 0;
  if (rows === 1) {
    row = 0;
    end = 1;
    skip = <usize>chunk * (FLAT_CHUNK << 2);
    inner = min(FLAT_CHUNK, inner - chunk * FLAT_CHUNK);
  }
  const bytes = (<usize>inner) << 2;
  let x = at(args, 0) + <usize>row * bytes + skip;
  let out = at(args, 2) + <usize>row * bytes + skip;
  for (; row < end; row++) {
    const y = at(args, 1) + ((<usize>(row / middle) * at(args, 8)) << 2);
    if (isSplat) combineSplat(x, load<f32>(y), out, inner, operation, swapped);
    else combineRow(x, y + skip, out, inner, operation, swapped);
    x += bytes;
    out += bytes;
  }
}

function combineRow(x: usize, y: usize, out: usize, count: i32, operation: i32, swapped: bool): void {
  const end = out + ((<usize>(count & ~3)) << 2);
  if (operation === MULTIPLY) {
    for (; out < end; out += 16) {
      v128.store(out, f32x4.mul(v128.load(x), v128.load(y)));
      x += 16;
      y += 16;
    }
  } else if (operation === ADD) {
    for (; out < end; out += 16) {
      v128.store(out, f32x4.add(v128.load(x), v128.load(y)));
      x += 16;
      y += 16;
    }
  } else {
    for (; out < end; out += 16) {
      const difference = f32x4.sub(v128.load(x), v128.load(y));
      v128.store(out, swapped ? f32x4.neg(difference) : difference);
      x += 16;
      y += 16;
    }
  }
  for (let i = count & 3; i > 0; i--) {
    store<f32>(out, combineOne(load<f32>(x), load<f32>(y), operation, swapped));
    x += 4;
    y += 4;
    out += 4;
  }
}

function combineSplat(x: usize, y: f32, out: usize, count: i32, operation: i32, swapped: bool): void {
  const end = out + ((<usize>(count & ~3)) << 2);
  const value = f32x4.splat(y);
  if (operation === MULTIPLY) {
    for (; out < end; out += 16) {
      v128.store(out, f32x4.mul(v128.load(x), value));
      x += 16;
    }
  } else if (operation === ADD) {
    for (; out < end; out += 16) {
      v128.store(out, f32x4.add(v128.load(x), value));
      x += 16;
    }
  } else {
    for (; out < end; out += 16) {
      const difference = f32x4.sub(v128.load(x), value);
      v128.store(out, swapped ? f32x4.neg(difference) : difference);
      x += 16;
    }
  }
  for (let i = count & 3; i > 0; i--) {
    store<f32>(out, combineOne(load<f32>(x), y, operation, swapped));
    x += 4;
    out += 4;
  }
}

function combineOne(x: f32, y: f32, operation: i32, swapped: bool): f32 {
  if (operation === MULTIPLY) return x * y;
  if (operation === SUBTRACT) return swapped ? y - x : x - y;
  return x + y;
}
