/** @file Sums of partial results, which chunks of one job left side by side. */
import { at } from './arguments';

/** Floats of a chunk; a multiple of 4. */
const AT_ONCE = 4096;

/**
 * `out[i]` = sum over parts of `parts[part * size + i]`, always in the same order.
 * Arguments: parts, out, size (floats), number of parts. Chunks: 4096 floats each.
 */
export function addParts(args: usize, chunk: i32): void {
  const size = <i32>at(args, 2);
  const count = <i32>at(args, 3);
  const stride = (<usize>size) << 2;
  const first = chunk * AT_ONCE;
  const end = min(first + AT_ONCE, size);
  let from = at(args, 0) + ((<usize>first) << 2);
  let to = at(args, 1) + ((<usize>first) << 2);
  let i = first;
  for (; i + 4 <= end; i += 4) {
    let sum = v128.load(from);
    let part = from;
    for (let p = 1; p < count; p++) {
      part += stride;
      sum = f32x4.add(sum, v128.load(part));
    }
    v128.store(to, sum);
    from += 16;
    to += 16;
  }
  for (; i < end; i++) {
    let sum = load<f32>(from);
    let part = from;
    for (let p = 1; p < count; p++) {
      part += stride;
      sum += load<f32>(part);
    }
    store<f32>(to, sum);
    from += 4;
    to += 4;
  }
}
