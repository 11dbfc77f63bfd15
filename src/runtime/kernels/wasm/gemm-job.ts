/** @file Matrix products as a job: any transposition, batched, with the inner dimension in parts if it is long. */
import { at, floatAt } from './arguments';
import { finishRows, multiplyBlock, packPanels } from './gemm';

/**
 * Arguments: a, its row, depth and batch stride; b, its depth, column and batch stride; c, its row and batch stride;
 * rows, columns, depth; rows of a chunk, row blocks; depth of a part, parts, bytes between parts of c; scratch memory,
 * its bytes per thread; depth and columns packed at a time; 1 if what follows is to be done: bias or 0, limits of a clamp
 * (floats). Strides are bytes. Chunks: batch x part x row block.
 */
export function gemm(args: usize, chunk: i32, thread: i32): void {
  const rowBlocks = <i32>at(args, 15);
  const parts = <i32>at(args, 17);
  const block = chunk % rowBlocks;
  const part = (chunk / rowBlocks) % parts;
  const batch = <usize>(chunk / rowBlocks / parts);

  const firstRow = block * <i32>at(args, 14);
  const rows = min(<i32>at(args, 14), <i32>at(args, 11) - firstRow);
  const firstDepth = part * <i32>at(args, 16);
  const depth = min(<i32>at(args, 16), <i32>at(args, 13) - firstDepth);
  const columns = <i32>at(args, 12);

  const aRow = at(args, 1);
  const aDepth = at(args, 2);
  const a = at(args, 0) + batch * at(args, 3) + <usize>firstRow * aRow + <usize>firstDepth * aDepth;
  const bDepth = at(args, 5);
  const bColumn = at(args, 6);
  const b = at(args, 4) + batch * at(args, 7) + <usize>firstDepth * bDepth;
  const cRow = at(args, 9);
  const c = at(args, 8) + batch * at(args, 10) + <usize>part * at(args, 18) + <usize>firstRow * cRow;

  const panels = at(args, 19) + <usize>thread * at(args, 20);
  const depthBlock = <i32>at(args, 21);
  const columnBlock = <i32>at(args, 22);
  const finishes = at(args, 23) !== 0;
  for (let column = 0; column < columns; column += columnBlock) {
    const width = min(columnBlock, columns - column);
    const right = b + <usize>column * bColumn;
    const to = c + ((<usize>column) << 2);
    for (let k = 0; k < depth; k += depthBlock) {
      const steps = min(depthBlock, depth - k);
      const left = a + <usize>k * aDepth;
      packPanels(right + <usize>k * bDepth, bDepth, bColumn, steps, width, panels);
      for (let row = 0; row < rows; row += ROWS_IN_CACHE) {
        const height = min(ROWS_IN_CACHE, rows - row);
        const target = to + <usize>row * cRow;
        multiplyBlock(
          left + <usize>row * aRow,
          aRow,
          aDepth,
          panels,
          target,
          cRow,
          height,
          width,
          steps,
          k > 0,
        );
        if (!finishes || k + steps < depth) continue;
        const bias = at(args, 24) === 0 ? 0 : at(args, 24) + ((<usize>column) << 2);
        finishRows(target, cRow, height, width, bias, floatAt(args, 25), floatAt(args, 26));
      }
    }
  }
}

/** A multiple of the tile's rows. */
const ROWS_IN_CACHE = 48;
