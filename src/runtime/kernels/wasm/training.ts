/** @file What a training step does beside the network: embedding gradients and the update of the parameters. */
import { at, floatAt } from './arguments';

/**
 * Rows of `x` with one id are added. Arguments: x, ids, out, rows, columns, segments, segments of a chunk. Ids outside
 * are left out. Chunks: blocks of segments; each looks through all ids.
 */
export function segmentSum(args: usize, chunk: i32): void {
  const rows = <i32>at(args, 3);
  const bytes = at(args, 4) << 2;
  const first = chunk * <i32>at(args, 6);
  const end = min(first + <i32>at(args, 6), <i32>at(args, 5));
  const ids = at(args, 1);
  memory.fill(at(args, 2) + <usize>first * bytes, 0, <usize>(end - first) * bytes);
  for (let row = 0; row < rows; row++) {
    const id = load<i32>(ids + ((<usize>row) << 2));
    if (id < first || id >= end) continue;
    let from = at(args, 0) + <usize>row * bytes;
    let to = at(args, 2) + <usize>id * bytes;
    const last = to + bytes;
    for (; to + 16 <= last; to += 16) {
      v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
      from += 16;
    }
    for (; to < last; to += 4) {
      store<f32>(to, load<f32>(to) + load<f32>(from));
      from += 4;
    }
  }
}

/**
 * AdamW in one pass: the moments are changed in place, the parameters come out as new ones. Arguments: parameter, first
 * moment, second moment, gradient, new parameter, elements, then floats: factor on the gradient, beta1, 1 - beta1, beta2,
 * 1 - beta2, share of the parameter that decay keeps, step size, 1 / root of the second correction, epsilon.
 * Not to be done twice, so one thread does all.
 */
export function adamW(args: usize): void {
  let parameter = at(args, 0);
  let first = at(args, 1);
  let second = at(args, 2);
  let gradient = at(args, 3);
  let out = at(args, 4);
  const count = <i32>at(args, 5);
  const factor = floatAt(args, 6);
  const beta1 = floatAt(args, 7);
  const rest1 = floatAt(args, 8);
  const beta2 = floatAt(args, 9);
  const rest2 = floatAt(args, 10);
  const keep = floatAt(args, 11);
  const step = floatAt(args, 12);
  const correction = floatAt(args, 13);
  const epsilon = floatAt(args, 14);
  const end = out + ((<usize>(count & ~3)) << 2);
  for (; out < end; out += 16) {
    const g = f32x4.mul(v128.load(gradient), f32x4.splat(factor));
    const m = f32x4.add(f32x4.mul(f32x4.splat(beta1), v128.load(first)), f32x4.mul(f32x4.splat(rest1), g));
    const v = f32x4.add(
      f32x4.mul(f32x4.splat(beta2), v128.load(second)),
      f32x4.mul(f32x4.mul(f32x4.splat(rest2), g), g),
    );
    v128.store(first, m);
    v128.store(second, v);
    const denominator = f32x4.add(f32x4.mul(f32x4.sqrt(v), f32x4.splat(correction)), f32x4.splat(epsilon));
    const change = f32x4.div(f32x4.mul(f32x4.splat(step), m), denominator);
    v128.store(out, f32x4.sub(f32x4.mul(v128.load(parameter), f32x4.splat(keep)), change));
    parameter += 16;
    first += 16;
    second += 16;
    gradient += 16;
  }
  for (let i = count & 3; i > 0; i--) {
    const g = load<f32>(gradient) * factor;
    const m = beta1 * load<f32>(first) + rest1 * g;
    const v = beta2 * load<f32>(second) + rest2 * g * g;
    store<f32>(first, m);
    store<f32>(second, v);
    store<f32>(out, load<f32>(parameter) * keep - (step * m) / (sqrt<f32>(v) * correction + epsilon));
    parameter += 4;
    first += 4;
    second += 4;
    gradient += 4;
    out += 4;
  }
}
