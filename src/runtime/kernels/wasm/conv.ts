/** @file A 2-D convolution with a filter larger than one pixel, or with a stride, and its gradients. */
import { at, floatAt } from './arguments';
import { finishRows, multiplyBlock, packPanels } from './gemm';
import {
  dilationHeight,
  dilationWidth,
  filterHeight,
  filterWidth,
  inChannels,
  inHeight,
  inWidth,
  outChannels,
  outHeight,
  outWidth,
  padLeft,
  padTop,
  strideHeight,
  strideWidth,
} from './sizes';

/** Argument after the sizes: output pixels at a time. */
const PIXELS_AT_ONCE = 22;

/**
 * Partial filter gradients `[taps * I, O]`: products of the unrolled input of a run of output pixels with `dy`.
 * Arguments: x, dy, parts, output pixels, pixels of a part, taps of a chunk (all or one), scratch, its bytes per
 * thread; then the sizes, then the pixels unrolled at a time. Chunks: part x group of taps.
 */
export function convFilter(args: usize, chunk: i32, thread: i32): void {
  const channels = inChannels(args);
  const outputs = outChannels(args);
  const taps = filterHeight(args) * filterWidth(args);
  const tapsAtOnce = <i32>at(args, 5);
  const groups = taps / tapsAtOnce;
  const firstTap = (chunk % groups) * tapsAtOnce;
  const part = chunk / groups;
  const firstPixel = part * <i32>at(args, 4);
  const endPixel = min(firstPixel + <i32>at(args, 4), <i32>at(args, 3));
  const width = tapsAtOnce * channels;
  const stride = (<usize>width) << 2;
  const dyStride = (<usize>outputs) << 2;
  const partial = at(args, 2) + <usize>(part * taps + firstTap) * <usize>channels * dyStride;
  const pixelsAtOnce = <i32>at(args, PIXELS_AT_ONCE);
  const unrolled = at(args, 6) + <usize>thread * at(args, 7);
  const panels = unrolled + <usize>pixelsAtOnce * stride;
  for (let pixel = firstPixel; pixel < endPixel; pixel += pixelsAtOnce) {
    const count = min(pixelsAtOnce, endPixel - pixel);
    unroll(args, unrolled, pixel, count, firstTap, tapsAtOnce);
    packPanels(at(args, 1) + <usize>pixel * dyStride, dyStride, 4, count, outputs, panels);
    multiplyBlock(unrolled, 4, stride, panels, partial, dyStride, width, outputs, count, pixel > firstPixel);
  }
}

/** Row by row what the taps read of the input for each output pixel; zeros where they read outside. */
function unroll(args: usize, to: usize, firstPixel: i32, count: i32, firstTap: i32, tapCount: i32): void {
  const x = at(args, 0);
  const channels = <usize>inChannels(args);
  const width = outWidth(args);
  const height = outHeight(args);
  const filterColumns = filterWidth(args);
  const dilation = dilationWidth(args);
  const rowTaps = tapCount === 1 ? 1 : filterHeight(args);
  const columnTaps = tapCount === 1 ? 1 : filterColumns;
  const firstRow = tapCount === 1 ? firstTap / filterColumns : 0;
  const firstColumn = tapCount === 1 ? firstTap % filterColumns : 0;
  let ox = firstPixel % width;
  let oy = (firstPixel / width) % height;
  let image = firstPixel / width / height;
  for (let n = 0; n < count; n++) {
    const column = ox * strideWidth(args) - padLeft(args) + firstColumn * dilation;
    let row = oy * strideHeight(args) - padTop(args) + firstRow * dilationHeight(args);
    for (let r = 0; r < rowTaps; r++) {
      const outside = row < 0 || row >= inHeight(args);
      const source = x + ((<usize>((image * inHeight(args) + row) * inWidth(args)) * channels) << 2);
      let from = column;
      if (!outside && dilation === 1 && column >= 0 && column + columnTaps <= inWidth(args)) {
        copyFloats(source + ((<usize>column * channels) << 2), to, channels * columnTaps);
        to += (channels * columnTaps) << 2;
        row += dilationHeight(args);
        continue;
      }
      for (let c = 0; c < columnTaps; c++) {
        const missing = outside || from < 0 || from >= inWidth(args);
        if (missing) clearFloats(to, channels);
        else copyFloats(source + ((<usize>from * channels) << 2), to, channels);
        to += channels << 2;
        from += dilation;
      }
      row += dilationHeight(args);
    }
    if (++ox < width) continue;
    ox = 0;
    if (++oy < height) continue;
    oy = 0;
    image++;
  }
}

function copyFloats(from: usize, to: usize, count: usize): void {
  const end = to + (count << 2);
  for (; to + 16 <= end; to += 16) {
    v128.store(to, v128.load(from));
    from += 16;
  }
  for (; to < end; to += 4) {
    store<f32>(to, load<f32>(from));
    from += 4;
  }
}

function clearFloats(to: usize, count: usize): void {
  const end = to + (count << 2);
  for (; to + 16 <= end; to += 16) v128.store(to, f32x4.splat(0));
  for (; to < end; to += 4) store<f32>(to, 0);
}

/** Packs a filter `[taps * I, O]`, turned, for {@link convInput}. Arguments: filter, panels, rows, O. Chunks: eight rows. */
export function packFilter(args: usize, chunk: i32): void {
  const depth = <i32>at(args, 3);
  const stride = (<usize>depth) << 2;
  const first = chunk * 8;
  const rows = min(8, <i32>at(args, 2) - first);
  packPanels(
    at(args, 0) + <usize>first * stride,
    4,
    stride,
    depth,
    rows,
    at(args, 1) + <usize>first * stride,
  );
}

/**
 * The input gradient of one picture: products of `dy` with the packed filter give what each tap adds, which is then
 * added where the tap had read. Arguments: dy, packed filter, dx, (three unused), scratch, its bytes per thread; then the
 * sizes, then the output pixels at a time. Chunks: pictures.
 */
export function convInput(args: usize, chunk: i32, thread: i32): void {
  const outputs = outChannels(args);
  const channels = <usize>inChannels(args);
  const columns = filterHeight(args) * filterWidth(args) * <i32>channels;
  const stride = (<usize>columns) << 2;
  const dyStride = (<usize>outputs) << 2;
  const pixels = outHeight(args) * outWidth(args);
  const dy = at(args, 0) + <usize>(chunk * pixels) * dyStride;
  const size = <usize>(inHeight(args) * inWidth(args)) * channels;
  const dx = at(args, 2) + ((<usize>chunk * size) << 2);
  const spread = at(args, 6) + <usize>thread * at(args, 7);
  const pixelsAtOnce = <i32>at(args, PIXELS_AT_ONCE);
  clearFloats(dx, size);
  for (let pixel = 0; pixel < pixels; pixel += pixelsAtOnce) {
    const count = min(pixelsAtOnce, pixels - pixel);
    const from = dy + <usize>pixel * dyStride;
    multiplyBlock(from, dyStride, 4, at(args, 1), spread, stride, count, columns, outputs, false);
    addBack(args, spread, dx, pixel, count);
  }
}

function addBack(args: usize, from: usize, dx: usize, firstPixel: i32, count: i32): void {
  const channels = <usize>inChannels(args);
  const width = outWidth(args);
  for (let pixel = firstPixel; pixel < firstPixel + count; pixel++) {
    let row = (pixel / width) * strideHeight(args) - padTop(args);
    for (let r = 0; r < filterHeight(args); r++) {
      const outside = row < 0 || row >= inHeight(args);
      const to = dx + ((<usize>(row * inWidth(args)) * channels) << 2);
      let column = (pixel % width) * strideWidth(args) - padLeft(args);
      for (let c = 0; c < filterWidth(args); c++) {
        if (!outside && column >= 0 && column < inWidth(args)) {
          addFloats(from, to + ((<usize>column * channels) << 2), channels);
        }
        from += channels << 2;
        column += dilationWidth(args);
      }
      row += dilationHeight(args);
    }
  }
}

function addFloats(from: usize, to: usize, count: usize): void {
  const end = to + (count << 2);
  for (; to + 16 <= end; to += 16) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    from += 16;
  }
  for (; to < end; to += 4) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    from += 4;
  }
}

/**
 * The convolution itself, of a run of output pixels. Arguments: x, filter, out, output pixels, pixels of a chunk, bias or
 * 0, scratch, its bytes per thread; then the sizes, then the output pixels at a time and the limits of a clamp (floats).
 * Chunks: runs of pixels.
 */
export function convForward(args: usize, chunk: i32, thread: i32): void {
  const outputs = outChannels(args);
  const taps = filterHeight(args) * filterWidth(args);
  const depth = taps * inChannels(args);
  const outStride = (<usize>outputs) << 2;
  const stride = (<usize>depth) << 2;
  const firstPixel = chunk * <i32>at(args, 4);
  const endPixel = min(firstPixel + <i32>at(args, 4), <i32>at(args, 3));
  const pixelsAtOnce = <i32>at(args, PIXELS_AT_ONCE);
  const unrolled = at(args, 6) + <usize>thread * at(args, 7);
  const panels = unrolled + <usize>pixelsAtOnce * stride;
  packPanels(at(args, 1), outStride, 4, depth, outputs, panels);
  for (let pixel = firstPixel; pixel < endPixel; pixel += pixelsAtOnce) {
    const count = min(pixelsAtOnce, endPixel - pixel);
    const to = at(args, 2) + <usize>pixel * outStride;
    unroll(args, unrolled, pixel, count, 0, taps);
    multiplyBlock(unrolled, stride, 4, panels, to, outStride, count, outputs, depth, false);
    finishRows(to, outStride, count, outputs, at(args, 5), floatAt(args, 23), floatAt(args, 24));
  }
}
