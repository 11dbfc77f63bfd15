/**
 * @file Matrix products. A tile of six rows and eight columns is kept in twelve registers; the right matrix is packed in
 * panels of eight columns, the left one is read as it lies. The loops around the tile follow Goto and van de Geijn,
 * "Anatomy of High-Performance Matrix Multiplication" (2008).
 */
import { fma, loadFirst, storeFirst } from './vector';

/** Rows of a tile. */
const TILE_ROWS = 6;
/** Columns of a tile, and of a panel. */
const TILE_COLUMNS = 8;

/** Bytes of a packed panel per step of the inner dimension. */
const PANEL_BYTES: usize = 32;

/**
 * Packs `depth` rows and `columns` columns of the right matrix, from `source`, into panels `[columns / 8][depth][8]`,
 * filled up with zeros. Strides are bytes; one of them is 4.
 */
export function packPanels(
  source: usize,
  rowStride: usize,
  columnStride: usize,
  depth: i32,
  columns: i32,
  panels: usize,
): void {
  for (let first = 0; first < columns; first += TILE_COLUMNS) {
    const count = min(TILE_COLUMNS, columns - first);
    const from = source + <usize>first * columnStride;
    if (columnStride === 4) packRows(from, rowStride, depth, count, panels);
    else packColumns(from, columnStride, depth, count, panels);
    panels += <usize>depth * PANEL_BYTES;
  }
}

function packRows(from: usize, rowStride: usize, depth: i32, count: i32, to: usize): void {
  if (count === TILE_COLUMNS) {
    for (let k = 0; k < depth; k++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += rowStride;
      to += PANEL_BYTES;
    }
    return;
  }
  for (let k = 0; k < depth; k++) {
    v128.store(to, loadFirst(from, min(count, 4)));
    v128.store(to, count > 4 ? loadFirst(from + 16, count - 4) : f32x4.splat(0), 16);
    from += rowStride;
    to += PANEL_BYTES;
  }
}

/** The columns are contiguous: four by four values are turned in registers. */
function packColumns(from: usize, columnStride: usize, depth: i32, count: i32, to: usize): void {
  let k = 0;
  if (count === TILE_COLUMNS) {
    for (; k + 4 <= depth; k += 4) {
      turnFour(from, columnStride, to);
      turnFour(from + 4 * columnStride, columnStride, to + 16);
      from += 16;
      to += 4 * PANEL_BYTES;
    }
  }
  for (; k < depth; k++) {
    for (let n = 0; n < TILE_COLUMNS; n++) {
      store<f32>(to + ((<usize>n) << 2), n < count ? load<f32>(from + <usize>n * columnStride) : 0);
    }
    from += 4;
    to += PANEL_BYTES;
  }
}

function turnFour(from: usize, stride: usize, to: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + stride);
  const c = v128.load(from + 2 * stride);
  const d = v128.load(from + 3 * stride);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5), 64);
  v128.store(to, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7), 96);
}

/**
 * `c = a * panels`, or with `add` what is added to `c`: `rows` x `depth` times `depth` x `columns`. Strides are bytes, one of the two of `a` is 4;
 * `cStride` lies between rows of `c`.
 */
export function multiplyBlock(
  a: usize,
  rowStride: usize,
  depthStride: usize,
  panels: usize,
  c: usize,
  cStride: usize,
  rows: i32,
  columns: i32,
  depth: i32,
  add: bool,
): void {
  const panelSize = <usize>depth * PANEL_BYTES;
  for (let row = 0; row < rows; row += TILE_ROWS) {
    const height = min(TILE_ROWS, rows - row);
    const left = a + <usize>row * rowStride;
    const target = c + <usize>row * cStride;
    let panel = panels;
    for (let column = 0; column < columns; column += TILE_COLUMNS) {
      const width = min(TILE_COLUMNS, columns - column);
      const to = target + ((<usize>column) << 2);
      if (depthStride === 4) {
        tileOfRows(left, rowStride, panel, depth, to, cStride, height, width, add);
      } else if (height === TILE_ROWS) {
        tileOfColumns(left, depthStride, panel, depth, to, cStride, width, add);
      } else {
        lastTileOfColumns(left, depthStride, panel, depth, to, cStride, height, width, add);
      }
      panel += panelSize;
    }
  }
}

/** Rows of `a` are contiguous. A row that is not there is read as the last one that is. */
function tileOfRows(
  a: usize,
  rowStride: usize,
  panel: usize,
  depth: i32,
  c: usize,
  cStride: usize,
  height: i32,
  width: i32,
  add: bool,
): void {
  let a0 = a;
  let a1 = height > 1 ? a0 + rowStride : a0;
  let a2 = height > 2 ? a1 + rowStride : a1;
  let a3 = height > 3 ? a2 + rowStride : a2;
  let a4 = height > 4 ? a3 + rowStride : a3;
  let a5 = height > 5 ? a4 + rowStride : a4;
  let l0 = f32x4.splat(0);
  let h0 = l0;
  let l1 = l0;
  let h1 = l0;
  let l2 = l0;
  let h2 = l0;
  let l3 = l0;
  let h3 = l0;
  let l4 = l0;
  let h4 = l0;
  let l5 = l0;
  let h5 = l0;
  let k = depth;
  for (; k >= 2; k -= 2) {
    let low = v128.load(panel);
    let high = v128.load(panel, 16);
    let value = v128.load_splat<f32>(a0);
    l0 = fma(value, low, l0);
    h0 = fma(value, high, h0);
    value = v128.load_splat<f32>(a1);
    l1 = fma(value, low, l1);
    h1 = fma(value, high, h1);
    value = v128.load_splat<f32>(a2);
    l2 = fma(value, low, l2);
    h2 = fma(value, high, h2);
    value = v128.load_splat<f32>(a3);
    l3 = fma(value, low, l3);
    h3 = fma(value, high, h3);
    value = v128.load_splat<f32>(a4);
    l4 = fma(value, low, l4);
    h4 = fma(value, high, h4);
    value = v128.load_splat<f32>(a5);
    l5 = fma(value, low, l5);
    h5 = fma(value, high, h5);
    low = v128.load(panel, 32);
    high = v128.load(panel, 48);
    value = v128.load_splat<f32>(a0, 4);
    l0 = fma(value, low, l0);
    h0 = fma(value, high, h0);
    value = v128.load_splat<f32>(a1, 4);
    l1 = fma(value, low, l1);
    h1 = fma(value, high, h1);
    value = v128.load_splat<f32>(a2, 4);
    l2 = fma(value, low, l2);
    h2 = fma(value, high, h2);
    value = v128.load_splat<f32>(a3, 4);
    l3 = fma(value, low, l3);
    h3 = fma(value, high, h3);
    value = v128.load_splat<f32>(a4, 4);
    l4 = fma(value, low, l4);
    h4 = fma(value, high, h4);
    value = v128.load_splat<f32>(a5, 4);
    l5 = fma(value, low, l5);
    h5 = fma(value, high, h5);
    panel += 64;
    a0 += 8;
    a1 += 8;
    a2 += 8;
    a3 += 8;
    a4 += 8;
    a5 += 8;
  }
  if (k > 0) {
    const low = v128.load(panel);
    const high = v128.load(panel, 16);
    let value = v128.load_splat<f32>(a0);
    l0 = fma(value, low, l0);
    h0 = fma(value, high, h0);
    value = v128.load_splat<f32>(a1);
    l1 = fma(value, low, l1);
    h1 = fma(value, high, h1);
    value = v128.load_splat<f32>(a2);
    l2 = fma(value, low, l2);
    h2 = fma(value, high, h2);
    value = v128.load_splat<f32>(a3);
    l3 = fma(value, low, l3);
    h3 = fma(value, high, h3);
    value = v128.load_splat<f32>(a4);
    l4 = fma(value, low, l4);
    h4 = fma(value, high, h4);
    value = v128.load_splat<f32>(a5);
    l5 = fma(value, low, l5);
    h5 = fma(value, high, h5);
  }
  storeRow(c, l0, h0, width, add);
  if (height > 1) storeRow(c + cStride, l1, h1, width, add);
  if (height > 2) storeRow(c + 2 * cStride, l2, h2, width, add);
  if (height > 3) storeRow(c + 3 * cStride, l3, h3, width, add);
  if (height > 4) storeRow(c + 4 * cStride, l4, h4, width, add);
  if (height > 5) storeRow(c + 5 * cStride, l5, h5, width, add);
}

/** Columns of `a` are contiguous: the six values of a step lie side by side. */
function tileOfColumns(
  a: usize,
  depthStride: usize,
  panel: usize,
  depth: i32,
  c: usize,
  cStride: usize,
  width: i32,
  add: bool,
): void {
  let l0 = f32x4.splat(0);
  let h0 = l0;
  let l1 = l0;
  let h1 = l0;
  let l2 = l0;
  let h2 = l0;
  let l3 = l0;
  let h3 = l0;
  let l4 = l0;
  let h4 = l0;
  let l5 = l0;
  let h5 = l0;
  const end = panel + <usize>depth * PANEL_BYTES;
  while (panel < end) {
    const low = v128.load(panel);
    const high = v128.load(panel, 16);
    let value = v128.load_splat<f32>(a);
    l0 = fma(value, low, l0);
    h0 = fma(value, high, h0);
    value = v128.load_splat<f32>(a, 4);
    l1 = fma(value, low, l1);
    h1 = fma(value, high, h1);
    value = v128.load_splat<f32>(a, 8);
    l2 = fma(value, low, l2);
    h2 = fma(value, high, h2);
    value = v128.load_splat<f32>(a, 12);
    l3 = fma(value, low, l3);
    h3 = fma(value, high, h3);
    value = v128.load_splat<f32>(a, 16);
    l4 = fma(value, low, l4);
    h4 = fma(value, high, h4);
    value = v128.load_splat<f32>(a, 20);
    l5 = fma(value, low, l5);
    h5 = fma(value, high, h5);
    panel += PANEL_BYTES;
    a += depthStride;
  }
  storeRow(c, l0, h0, width, add);
  storeRow(c + cStride, l1, h1, width, add);
  storeRow(c + 2 * cStride, l2, h2, width, add);
  storeRow(c + 3 * cStride, l3, h3, width, add);
  storeRow(c + 4 * cStride, l4, h4, width, add);
  storeRow(c + 5 * cStride, l5, h5, width, add);
}

/** The rest of less than six rows, two at a time. */
function lastTileOfColumns(
  a: usize,
  depthStride: usize,
  panel: usize,
  depth: i32,
  c: usize,
  cStride: usize,
  height: i32,
  width: i32,
  add: bool,
): void {
  for (let row = 0; row < height; row += 2) {
    const second: usize = row + 1 < height ? 4 : 0;
    let l0 = f32x4.splat(0);
    let h0 = l0;
    let l1 = l0;
    let h1 = l0;
    let from = a + ((<usize>row) << 2);
    let at = panel;
    const end = panel + <usize>depth * PANEL_BYTES;
    while (at < end) {
      const low = v128.load(at);
      const high = v128.load(at, 16);
      let value = v128.load_splat<f32>(from);
      l0 = fma(value, low, l0);
      h0 = fma(value, high, h0);
      value = v128.load_splat<f32>(from + second);
      l1 = fma(value, low, l1);
      h1 = fma(value, high, h1);
      at += PANEL_BYTES;
      from += depthStride;
    }
    storeRow(c, l0, h0, width, add);
    if (second !== 0) storeRow(c + cStride, l1, h1, width, add);
    c += 2 * cStride;
  }
}

function storeRow(to: usize, low: v128, high: v128, width: i32, add: bool): void {
  if (width === TILE_COLUMNS) {
    if (add) {
      low = f32x4.add(low, v128.load(to));
      high = f32x4.add(high, v128.load(to, 16));
    }
    v128.store(to, low);
    v128.store(to, high, 16);
    return;
  }
  const first = min(width, 4);
  if (add) low = f32x4.add(low, loadFirst(to, first));
  storeFirst(to, low, first);
  if (width <= 4) return;
  if (add) high = f32x4.add(high, loadFirst(to + 16, width - 4));
  storeFirst(to + 16, high, width - 4);
}

/**
 * Adds a bias (or none, 0) to every row of `c` and clamps it. Right after a product, while the rows are in the cache.
 */
export function finishRows(
  c: usize,
  cStride: usize,
  rows: i32,
  columns: i32,
  bias: usize,
  low: f32,
  high: f32,
): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column += 4) {
      const count = min(4, columns - column);
      const at = c + ((<usize>column) << 2);
      let value = loadFirst(at, count);
      if (bias !== 0) value = f32x4.add(value, loadFirst(bias + ((<usize>column) << 2), count));
      storeFirst(at, f32x4.pmin(f32x4.pmax(value, lows), highs), count);
    }
    c += cStride;
  }
}
