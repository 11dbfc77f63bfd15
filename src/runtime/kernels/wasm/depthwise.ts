/**
 * @file A depthwise convolution and its gradients. Channels are contiguous: sixteen of them are kept in four registers while
 * the taps of a pixel are added up. Which taps a pixel has is looked up in a table, so that borders, strides and
 * dilations cost nothing in the inner loop.
 */
import { at, floatAt } from './arguments';
import {
  dilationHeight,
  dilationWidth,
  filterHeight,
  filterWidth,
  inChannels,
  inHeight,
  inWidth,
  outHeight,
  outWidth,
  padLeft,
  padTop,
  strideHeight,
  strideWidth,
} from './sizes';
import { fma, loadFirst, storeFirst } from './vector';

/**
 * For each of `size` input positions: how many outputs read it, then pairs of bytes from the start of the output line
 * and of the filter line.
 */
function tabulate(
  table: usize,
  size: i32,
  outputs: i32,
  taps: i32,
  stride: i32,
  dilation: i32,
  pad: i32,
  outputBytes: usize,
  tapBytes: usize,
): void {
  const entryBytes = (<usize>(1 + 2 * taps)) << 2;
  for (let position = 0; position < size; position++) {
    let pair = table + 4;
    let count = 0;
    for (let tap = 0; tap < taps; tap++) {
      const reach = position + pad - tap * dilation;
      if (reach < 0 || reach % stride !== 0 || reach / stride >= outputs) continue;
      store<u32>(pair, <u32>(<usize>(reach / stride) * outputBytes));
      store<u32>(pair, <u32>(<usize>tap * tapBytes), 4);
      pair += 8;
      count++;
    }
    store<u32>(table, count);
    table += entryBytes;
  }
}

/** The same for each of `size` output positions: which inputs it reads. */
function tabulateForward(
  table: usize,
  size: i32,
  inputs: i32,
  taps: i32,
  stride: i32,
  dilation: i32,
  pad: i32,
  inputBytes: usize,
  tapBytes: usize,
): void {
  const entryBytes = (<usize>(1 + 2 * taps)) << 2;
  for (let position = 0; position < size; position++) {
    let pair = table + 4;
    let count = 0;
    for (let tap = 0; tap < taps; tap++) {
      const reach = position * stride + tap * dilation - pad;
      if (reach < 0 || reach >= inputs) continue;
      store<u32>(pair, <u32>(<usize>reach * inputBytes));
      store<u32>(pair, <u32>(<usize>tap * tapBytes), 4);
      pair += 8;
      count++;
    }
    store<u32>(table, count);
    table += entryBytes;
  }
}

/**
 * The convolution itself. Arguments: x, filter, out, rows of a chunk, chunks of a picture, bias or 0, scratch, its bytes
 * per thread; then the sizes, then the limits of a clamp (floats). Chunks: pictures x blocks of rows.
 */
export function depthwiseForward(args: usize, chunk: i32, thread: i32): void {
  const bytes = (<usize>inChannels(args)) << 2;
  const rowBytes = <usize>inWidth(args) * bytes;
  const rowsAtOnce = <i32>at(args, 3);
  const blocks = <i32>at(args, 4);
  const image = <usize>(chunk / blocks);
  const first = (chunk % blocks) * rowsAtOnce;
  const end = min(first + rowsAtOnce, outHeight(args));
  const columnTaps = filterWidth(args);
  const columnEntry = (<usize>(1 + 2 * columnTaps)) << 2;
  const rowEntry = (<usize>(1 + 2 * filterHeight(args))) << 2;
  const columns = at(args, 6) + <usize>thread * at(args, 7);
  const rows = columns + <usize>outWidth(args) * columnEntry;
  const weights = <usize>columnTaps * bytes;
  tabulateForward(
    columns,
    outWidth(args),
    inWidth(args),
    columnTaps,
    strideWidth(args),
    dilationWidth(args),
    padLeft(args),
    bytes,
    bytes,
  );
  tabulateForward(
    rows,
    outHeight(args),
    inHeight(args),
    filterHeight(args),
    strideHeight(args),
    dilationHeight(args),
    padTop(args),
    rowBytes,
    weights,
  );
  const low = floatAt(args, 22);
  const high = floatAt(args, 23);
  const x = at(args, 0) + image * <usize>inHeight(args) * rowBytes;
  let to = at(args, 2) + (image * <usize>outHeight(args) + <usize>first) * <usize>outWidth(args) * bytes;
  for (let y = first; y < end; y++) {
    const rowTaps = rows + <usize>y * rowEntry;
    let taps = columns;
    for (let column = 0; column < outWidth(args); column++) {
      pixel(x, at(args, 1), rowTaps, taps, to, bytes, at(args, 5), low, high);
      to += bytes;
      taps += columnEntry;
    }
  }
}

/**
 * `dx[y, x, c]` = sum over taps of `dy * filter`. Arguments: dy, filter, dx, rows of a chunk, chunks of a picture, -,
 * scratch, its bytes per thread; then the sizes. Chunks: pictures x blocks of rows.
 */
export function depthwiseInput(args: usize, chunk: i32, thread: i32): void {
  const bytes = (<usize>inChannels(args)) << 2;
  const rowBytes = <usize>outWidth(args) * bytes;
  const rowsAtOnce = <i32>at(args, 3);
  const blocks = <i32>at(args, 4);
  const image = <usize>(chunk / blocks);
  const first = (chunk % blocks) * rowsAtOnce;
  const end = min(first + rowsAtOnce, inHeight(args));
  const columnTaps = filterWidth(args);
  const columnEntry = (<usize>(1 + 2 * columnTaps)) << 2;
  const rowEntry = (<usize>(1 + 2 * filterHeight(args))) << 2;
  const columns = at(args, 6) + <usize>thread * at(args, 7);
  const rows = columns + <usize>inWidth(args) * columnEntry;
  tabulate(
    columns,
    inWidth(args),
    outWidth(args),
    columnTaps,
    strideWidth(args),
    dilationWidth(args),
    padLeft(args),
    bytes,
    bytes,
  );
  tabulate(
    rows,
    inHeight(args),
    outHeight(args),
    filterHeight(args),
    strideHeight(args),
    dilationHeight(args),
    padTop(args),
    rowBytes,
    <usize>columnTaps * bytes,
  );
  const dy = at(args, 0) + image * <usize>outHeight(args) * rowBytes;
  let to = at(args, 2) + (image * <usize>inHeight(args) + <usize>first) * <usize>inWidth(args) * bytes;
  for (let y = first; y < end; y++) {
    const rowTaps = rows + <usize>y * rowEntry;
    let taps = columns;
    for (let x = 0; x < inWidth(args); x++) {
      pixel(dy, at(args, 1), rowTaps, taps, to, bytes, 0, -Infinity, Infinity);
      to += bytes;
      taps += columnEntry;
    }
  }
}

/** One pixel, all channels: the sum of its taps and of a bias (or none, 0), clamped. */
function pixel(
  source: usize,
  filter: usize,
  rows: usize,
  columns: usize,
  to: usize,
  bytes: usize,
  bias: usize,
  low: f32,
  high: f32,
): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  const rowEnd = rows + 4 + ((<usize>load<u32>(rows)) << 3);
  const columnEnd = columns + 4 + ((<usize>load<u32>(columns)) << 3);
  let channel: usize = 0;
  for (; channel + 64 <= bytes; channel += 64) {
    let a = f32x4.splat(0);
    let b = a;
    let c = a;
    let d = a;
    if (bias !== 0) {
      a = v128.load(bias + channel);
      b = v128.load(bias + channel, 16);
      c = v128.load(bias + channel, 32);
      d = v128.load(bias + channel, 48);
    }
    for (let row = rows + 4; row < rowEnd; row += 8) {
      const line = source + channel + <usize>load<u32>(row);
      const weights = filter + channel + <usize>load<u32>(row, 4);
      for (let column = columns + 4; column < columnEnd; column += 8) {
        const from = line + <usize>load<u32>(column);
        const weight = weights + <usize>load<u32>(column, 4);
        a = fma(v128.load(from), v128.load(weight), a);
        b = fma(v128.load(from, 16), v128.load(weight, 16), b);
        c = fma(v128.load(from, 32), v128.load(weight, 32), c);
        d = fma(v128.load(from, 48), v128.load(weight, 48), d);
      }
    }
    v128.store(to + channel, f32x4.pmin(f32x4.pmax(a, lows), highs));
    v128.store(to + channel, f32x4.pmin(f32x4.pmax(b, lows), highs), 16);
    v128.store(to + channel, f32x4.pmin(f32x4.pmax(c, lows), highs), 32);
    v128.store(to + channel, f32x4.pmin(f32x4.pmax(d, lows), highs), 48);
  }
  for (; channel < bytes; channel += 16) {
    const count = <i32>((bytes - channel) >> 2);
    let sum = bias === 0 ? f32x4.splat(0) : loadFirst(bias + channel, count);
    for (let row = rows + 4; row < rowEnd; row += 8) {
      const line = source + channel + <usize>load<u32>(row);
      const weights = filter + channel + <usize>load<u32>(row, 4);
      for (let column = columns + 4; column < columnEnd; column += 8) {
        const from = line + <usize>load<u32>(column);
        sum = fma(loadFirst(from, count), loadFirst(weights + <usize>load<u32>(column, 4), count), sum);
      }
    }
    storeFirst(to + channel, f32x4.pmin(f32x4.pmax(sum, lows), highs), count);
  }
}

/**
 * Partial filter gradients `[taps, C]` of a block of output rows of a picture. Arguments: x, dy, parts, rows of a chunk,
 * chunks of a picture; then the sizes. Chunks: pictures x blocks of rows.
 */
export function depthwiseFilter(args: usize, chunk: i32): void {
  const bytes = (<usize>inChannels(args)) << 2;
  const rowsAtOnce = <i32>at(args, 3);
  const blocks = <i32>at(args, 4);
  const image = <usize>(chunk / blocks);
  const first = (chunk % blocks) * rowsAtOnce;
  const end = min(first + rowsAtOnce, outHeight(args));
  const xRow = <usize>inWidth(args) * bytes;
  const dyRow = <usize>outWidth(args) * bytes;
  const x = at(args, 0) + image * <usize>inHeight(args) * xRow;
  const dy = at(args, 1) + image * <usize>outHeight(args) * dyRow;
  const taps = filterHeight(args) * filterWidth(args);
  const partial = at(args, 2) + <usize>(chunk * taps) * bytes;
  memory.fill(partial, 0, <usize>taps * bytes);
  const step = rowsInCache(args);
  for (let row = first; row < end; row += step) {
    addRows(args, x, dy, partial, row, min(row + step, end));
  }
}

/** Output rows of which sixteen channels of input and gradient fit in the first cache. */
function rowsInCache(args: usize): i32 {
  const perRow = (inWidth(args) * strideHeight(args) + outWidth(args)) * 64;
  return max(1, 24576 / perRow);
}

function addRows(args: usize, x: usize, dy: usize, partial: usize, first: i32, end: i32): void {
  const bytes = (<usize>inChannels(args)) << 2;
  for (let channel: usize = 0; channel < bytes;) {
    let sums = partial + channel;
    const wide = channel + 64 <= bytes;
    for (let r = 0; r < filterHeight(args); r++) {
      const rowOrigin = r * dilationHeight(args) - padTop(args);
      const rowFrom = max(first, firstInside(rowOrigin, strideHeight(args)));
      const rowEnd = min(end, endInside(rowOrigin, strideHeight(args), inHeight(args)));
      for (let c = 0; c < filterWidth(args); c++) {
        const origin = c * dilationWidth(args) - padLeft(args);
        const from = firstInside(origin, strideWidth(args));
        const count = min(outWidth(args), endInside(origin, strideWidth(args), inWidth(args))) - from;
        const xRow = <isize>(inWidth(args) * strideHeight(args)) * <isize>bytes;
        const xStart =
          x +
          channel +
          <usize>(
            ((rowFrom * strideHeight(args) + rowOrigin) * inWidth(args) + from * strideWidth(args) + origin)
          ) *
            bytes;
        const dyStart = dy + channel + <usize>(rowFrom * outWidth(args) + from) * bytes;
        if (count > 0 && rowEnd > rowFrom) {
          const dyRow = <usize>outWidth(args) * bytes;
          const xStep = <usize>strideWidth(args) * bytes;
          if (wide)
            addSixteen(xStart, dyStart, sums, rowEnd - rowFrom, count, <usize>xRow, dyRow, xStep, bytes);
          else {
            const lanes = <i32>min<usize>(4, (bytes - channel) >> 2);
            addFour(xStart, dyStart, sums, rowEnd - rowFrom, count, <usize>xRow, dyRow, xStep, bytes, lanes);
          }
        }
        sums += bytes;
      }
    }
    channel += wide ? 64 : 16;
  }
}

/** The first output that reads at 0 or beyond. */
function firstInside(origin: i32, stride: i32): i32 {
  return origin >= 0 ? 0 : (-origin + stride - 1) / stride;
}

/** One past the last output that reads below `size`. */
function endInside(origin: i32, stride: i32, size: i32): i32 {
  return origin >= size ? 0 : (size - origin + stride - 1) / stride;
}

function addSixteen(
  x: usize,
  dy: usize,
  sums: usize,
  rows: i32,
  count: i32,
  xRow: usize,
  dyRow: usize,
  xStep: usize,
  dyStep: usize,
): void {
  let a = f32x4.splat(0);
  let b = a;
  let c = a;
  let d = a;
  for (let row = 0; row < rows; row++) {
    let from = x;
    let slope = dy;
    for (let n = 0; n < count; n++) {
      a = fma(v128.load(from), v128.load(slope), a);
      b = fma(v128.load(from, 16), v128.load(slope, 16), b);
      c = fma(v128.load(from, 32), v128.load(slope, 32), c);
      d = fma(v128.load(from, 48), v128.load(slope, 48), d);
      from += xStep;
      slope += dyStep;
    }
    x += xRow;
    dy += dyRow;
  }
  v128.store(sums, f32x4.add(v128.load(sums), a));
  v128.store(sums, f32x4.add(v128.load(sums, 16), b), 16);
  v128.store(sums, f32x4.add(v128.load(sums, 32), c), 32);
  v128.store(sums, f32x4.add(v128.load(sums, 48), d), 48);
}

function addFour(
  x: usize,
  dy: usize,
  sums: usize,
  rows: i32,
  count: i32,
  xRow: usize,
  dyRow: usize,
  xStep: usize,
  dyStep: usize,
  lanes: i32,
): void {
  let sum = f32x4.splat(0);
  for (let row = 0; row < rows; row++) {
    let from = x;
    let slope = dy;
    for (let n = 0; n < count; n++) {
      sum = fma(loadFirst(from, lanes), loadFirst(slope, lanes), sum);
      from += xStep;
      slope += dyStep;
    }
    x += xRow;
    dy += dyRow;
  }
  storeFirst(sums, f32x4.add(loadFirst(sums, lanes), sum), lanes);
}
