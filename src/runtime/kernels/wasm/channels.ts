/** @file Sums over pixels, and their way back: `[B, P, C]` with channels contiguous. */
import { at, floatAt } from './arguments';

/**
 * Rows that are added in one go, before their sum joins that of the rows before: a single-precision sum of n numbers
 * is off by up to n roundings, one in two levels by n / 128 + 128. Source: Higham 1993, "The accuracy of floating
 * point summation".
 */
const ROWS_IN_ONE_GO: i32 = 128;

/**
 * Sums of rows: `sums[chunk, c]` = sum of `x[r, c]`, times `factor`. Arguments: x, sums, rows, columns, rows of a chunk,
 * factor (float). Chunks: blocks of rows. With the pixels of a picture as a chunk these are its channels' means.
 */
export function sumRows(args: usize, chunk: i32): void {
  const columns = <i32>at(args, 3);
  const bytes = (<usize>columns) << 2;
  const first = chunk * <i32>at(args, 4);
  const rows = min(<i32>at(args, 4), <i32>at(args, 2) - first);
  const factor = floatAt(args, 5);
  const factors = f32x4.splat(factor);
  const x = at(args, 0) + <usize>first * bytes;
  const sums = at(args, 1) + <usize>chunk * bytes;
  let column: usize = 0;
  for (; column + 64 <= bytes; column += 64) {
    const zero = f32x4.splat(0);
    let first = zero;
    let second = zero;
    let third = zero;
    let fourth = zero;
    let from = x + column;
    for (let row = 0; row < rows;) {
      const end = min(row + ROWS_IN_ONE_GO, rows);
      let a = zero;
      let b = zero;
      let c = zero;
      let d = zero;
      for (; row < end; row++) {
        a = f32x4.add(a, v128.load(from));
        b = f32x4.add(b, v128.load(from, 16));
        c = f32x4.add(c, v128.load(from, 32));
        d = f32x4.add(d, v128.load(from, 48));
        from += bytes;
      }
      first = f32x4.add(first, a);
      second = f32x4.add(second, b);
      third = f32x4.add(third, c);
      fourth = f32x4.add(fourth, d);
    }
    v128.store(sums + column, f32x4.mul(first, factors));
    v128.store(sums + column, f32x4.mul(second, factors), 16);
    v128.store(sums + column, f32x4.mul(third, factors), 32);
    v128.store(sums + column, f32x4.mul(fourth, factors), 48);
  }
  for (; column + 16 <= bytes; column += 16) {
    let sum = f32x4.splat(0);
    let from = x + column;
    for (let row = 0; row < rows;) {
      const end = min(row + ROWS_IN_ONE_GO, rows);
      let part = f32x4.splat(0);
      for (; row < end; row++) {
        part = f32x4.add(part, v128.load(from));
        from += bytes;
      }
      sum = f32x4.add(sum, part);
    }
    v128.store(sums + column, f32x4.mul(sum, factors));
  }
  for (; column < bytes; column += 4) {
    let sum: f64 = 0;
    let from = x + column;
    for (let row = 0; row < rows; row++) {
      sum += load<f32>(from);
      from += bytes;
    }
    store<f32>(sums + column, <f32>sum * factor);
  }
}

/** Sums of products of rows, as {@link sumRows} of `x * y`. Arguments: x, sums, rows, columns, rows of a chunk, y. */
export function sumProducts(args: usize, chunk: i32): void {
  const columns = <i32>at(args, 3);
  const bytes = (<usize>columns) << 2;
  const first = chunk * <i32>at(args, 4);
  const rows = min(<i32>at(args, 4), <i32>at(args, 2) - first);
  const x = at(args, 0) + <usize>first * bytes;
  const y = at(args, 5) + <usize>first * bytes;
  const sums = at(args, 1) + <usize>chunk * bytes;
  let column: usize = 0;
  for (; column + 32 <= bytes; column += 32) {
    let first = f32x4.splat(0);
    let second = first;
    let from = column;
    for (let row = 0; row < rows;) {
      const end = min(row + ROWS_IN_ONE_GO, rows);
      let a = f32x4.splat(0);
      let b = a;
      for (; row < end; row++) {
        a = f32x4.add(a, f32x4.mul(v128.load(x + from), v128.load(y + from)));
        b = f32x4.add(b, f32x4.mul(v128.load(x + from, 16), v128.load(y + from, 16)));
        from += bytes;
      }
      first = f32x4.add(first, a);
      second = f32x4.add(second, b);
    }
    v128.store(sums + column, first);
    v128.store(sums + column, second, 16);
  }
  for (; column < bytes; column += 4) {
    let sum: f64 = 0;
    let from = column;
    for (let row = 0; row < rows; row++) {
      sum += load<f32>(x + from) * load<f32>(y + from);
      from += bytes;
    }
    store<f32>(sums + column, <f32>sum);
  }
}

/** `out[b, p, c] = x[b, c] * factor`. Arguments: x, out, pixels, channels, factor (float). Chunks: pictures. */
export function spread(args: usize, chunk: i32): void {
  const bytes = at(args, 3) << 2;
  const pixels = <i32>at(args, 2);
  const factor = floatAt(args, 4);
  const first = at(args, 1) + <usize>(chunk * pixels) * bytes;
  let from = at(args, 0) + <usize>chunk * bytes;
  for (let to = first; to < first + bytes; to += 4) {
    store<f32>(to, load<f32>(from) * factor);
    from += 4;
  }
  for (let pixel = 1; pixel < pixels; pixel++) memory.copy(first + <usize>pixel * bytes, first, bytes);
}

/**
 * The gradients of `x[b, p, c] * scale[b, c]` in one pass. Arguments: x, scale, dy, dx, dscale, pixels, channels.
 * Chunks: pictures.
 */
export function scaleGradient(args: usize, chunk: i32): void {
  const bytes = at(args, 6) << 2;
  const pixels = <i32>at(args, 5);
  const start = <usize>(chunk * pixels) * bytes;
  const x = at(args, 0) + start;
  const dy = at(args, 2) + start;
  const dx = at(args, 3) + start;
  const scale = at(args, 1) + <usize>chunk * bytes;
  const dscale = at(args, 4) + <usize>chunk * bytes;
  let channel: usize = 0;
  for (; channel + 32 <= bytes; channel += 32) {
    const first = v128.load(scale + channel);
    const second = v128.load(scale + channel, 16);
    let a = f32x4.splat(0);
    let b = a;
    let at = channel;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const slope = v128.load(dy + at);
      const other = v128.load(dy + at, 16);
      v128.store(dx + at, f32x4.mul(slope, first));
      v128.store(dx + at, f32x4.mul(other, second), 16);
      a = f32x4.add(a, f32x4.mul(slope, v128.load(x + at)));
      b = f32x4.add(b, f32x4.mul(other, v128.load(x + at, 16)));
      at += bytes;
    }
    v128.store(dscale + channel, a);
    v128.store(dscale + channel, b, 16);
  }
  for (; channel < bytes; channel += 4) {
    const factor = load<f32>(scale + channel);
    let sum: f32 = 0;
    let at = channel;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const slope = load<f32>(dy + at);
      store<f32>(dx + at, slope * factor);
      sum += slope * load<f32>(x + at);
      at += bytes;
    }
    store<f32>(dscale + channel, sum);
  }
}
