/** @file Dense symmetric linear algebra on typed arrays: just what a closed-form head needs. Row-major, float64. */

/**
 * The lower triangle of `rows * rows^T`. Shape: `[count, size]` in, `[count, count]` out (upper triangle untouched).
 * Two rows times four rows at a time, which keeps eight sums in registers; three times as fast as one by one.
 */
export function gramLower(rows: Float64Array, count: number, size: number): Float64Array<ArrayBuffer> {
  const gram = new Float64Array(count * count);
  const fullI = count - (count % 2);
  for (let i = 0; i < fullI; i += 2) {
    let j = 0;
    for (; j + 3 <= i + 1 && j + 3 < count; j += 4) gramTile(rows, gram, count, size, i, j);
    for (; j <= i + 1; j++) {
      gram[i * count + j] = dot(rows, i * size, rows, j * size, size);
      gram[(i + 1) * count + j] = dot(rows, (i + 1) * size, rows, j * size, size);
    }
  }
  for (let i = fullI; i < count; i++) {
    for (let j = 0; j <= i; j++) gram[i * count + j] = dot(rows, i * size, rows, j * size, size);
  }
  return gram;
}

function gramTile(
  rows: Float64Array,
  gram: Float64Array,
  count: number,
  size: number,
  i: number,
  j: number,
): void {
  const a = i * size;
  const b = a + size;
  const p = j * size;
  const q = p + size;
  const r = q + size;
  const t = r + size;
  let ap = 0;
  let aq = 0;
  let ar = 0;
  let at = 0;
  let bp = 0;
  let bq = 0;
  let br = 0;
  let bt = 0;
  for (let k = 0; k < size; k++) {
    const x = rows[a + k] ?? 0;
    const y = rows[b + k] ?? 0;
    const u = rows[p + k] ?? 0;
    const v = rows[q + k] ?? 0;
    const w = rows[r + k] ?? 0;
    const z = rows[t + k] ?? 0;
    ap += x * u;
    aq += x * v;
    ar += x * w;
    at += x * z;
    bp += y * u;
    bq += y * v;
    br += y * w;
    bt += y * z;
  }
  gram.set([ap, aq, ar, at], i * count + j);
  gram.set([bp, bq, br, bt], (i + 1) * count + j);
}

function dot(a: Float64Array, aStart: number, b: Float64Array, bStart: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    s0 += (a[aStart + k] ?? 0) * (b[bStart + k] ?? 0);
    s1 += (a[aStart + k + 1] ?? 0) * (b[bStart + k + 1] ?? 0);
    s2 += (a[aStart + k + 2] ?? 0) * (b[bStart + k + 2] ?? 0);
    s3 += (a[aStart + k + 3] ?? 0) * (b[bStart + k + 3] ?? 0);
  }
  for (; k < length; k++) s0 += (a[aStart + k] ?? 0) * (b[bStart + k] ?? 0);
  return s0 + s1 + s2 + s3;
}

/**
 * The Cholesky factor L of `gram + ridge * I = L * L^T`, from the lower triangle of `gram`, which is kept.
 * The pivots stay positive for any `ridge > 0` above rounding; a smaller one is lifted to the smallest pivot allowed.
 */
export function choleskyOf(gram: Float64Array, size: number, ridge: number): Float64Array<ArrayBuffer> {
  const factor = new Float64Array(size * size);
  const sums = new Float64Array(4);
  const even = size - (size % 2);
  // Two rows against two columns at a time: half the loads of one by one.
  for (let i = 0; i < even; i += 2) {
    const upper = i * size;
    const lower = upper + size;
    for (let j = 0; j < i; j += 2) {
      const first = factor[j * size + j] ?? 1;
      const link = factor[(j + 1) * size + j] ?? 0;
      const second = factor[(j + 1) * size + j + 1] ?? 1;
      dotTile(factor, upper, j * size, size, j, sums);
      for (const [at, row] of [upper, lower].entries()) {
        const value = ((gram[row + j] ?? 0) - (sums[at * 2] ?? 0)) / first;
        factor[row + j] = value;
        factor[row + j + 1] = ((gram[row + j + 1] ?? 0) - (sums[at * 2 + 1] ?? 0) - value * link) / second;
      }
    }
    finishRow(gram, factor, size, ridge, i, i);
    finishRow(gram, factor, size, ridge, i + 1, i);
  }
  if (even < size) finishRow(gram, factor, size, ridge, even, 0);
  return factor;
}

/** Entries of one row from a column on, up to the pivot. */
function finishRow(
  gram: Float64Array,
  factor: Float64Array,
  size: number,
  ridge: number,
  i: number,
  from: number,
): void {
  const row = i * size;
  for (let j = from; j < i; j++) {
    const rest = (gram[row + j] ?? 0) - dot(factor, row, factor, j * size, j);
    factor[row + j] = rest / (factor[j * size + j] ?? 1);
  }
  const pivot = (gram[row + i] ?? 0) + ridge - dot(factor, row, factor, row, i);
  factor[row + i] = Math.sqrt(Math.max(pivot, 1e-12 * (ridge + 1)));
}

/** The four dot products of rows a, a+1 with rows b, b+1 (offsets, `stride` apart), into `sums`. */
function dotTile(
  rows: Float64Array,
  a: number,
  b: number,
  stride: number,
  length: number,
  sums: Float64Array,
): void {
  const a1 = a + stride;
  const b1 = b + stride;
  let s00 = 0;
  let s01 = 0;
  let s10 = 0;
  let s11 = 0;
  for (let k = 0; k < length; k++) {
    const x = rows[a + k] ?? 0;
    const y = rows[a1 + k] ?? 0;
    const u = rows[b + k] ?? 0;
    const v = rows[b1 + k] ?? 0;
    s00 += x * u;
    s01 += x * v;
    s10 += y * u;
    s11 += y * v;
  }
  sums[0] = s00;
  sums[1] = s01;
  sums[2] = s10;
  sums[3] = s11;
}

/** Solves `L * L^T * X = B` in place. Shape of `b`: `[size, columns]`, row-major. */
export function choleskySolve(factor: Float64Array, size: number, b: Float64Array, columns: number): void {
  forwardSolve(factor, size, b, columns);
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) subtractRow(b, columns, i, k, factor[k * size + i] ?? 0);
    scaleRow(b, columns, i, 1 / (factor[i * size + i] ?? 1));
  }
}

/** Solves `L * X = B` in place. Shape of `b`: `[size, columns]`, row-major. */
export function forwardSolve(factor: Float64Array, size: number, b: Float64Array, columns: number): void {
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) subtractRow(b, columns, i, k, factor[i * size + k] ?? 0);
    scaleRow(b, columns, i, 1 / (factor[i * size + i] ?? 1));
  }
}

function subtractRow(b: Float64Array, columns: number, target: number, source: number, factor: number): void {
  const to = target * columns;
  const from = source * columns;
  for (let c = 0; c < columns; c++) b[to + c] = (b[to + c] ?? 0) - factor * (b[from + c] ?? 0);
}

function scaleRow(b: Float64Array, columns: number, row: number, factor: number): void {
  for (let c = 0; c < columns; c++) b[row * columns + c] = (b[row * columns + c] ?? 0) * factor;
}
