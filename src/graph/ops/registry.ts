import { ATTENTION } from './attention.ts';
import { CAST } from './cast.ts';
import { CONTROL } from './control.ts';
import { CONV } from './conv.ts';
import { DETERMINANT } from './determinant.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { INDEXING } from './indexing.ts';
import { LOSS } from './loss.ts';
import { MATMUL } from './matmul.ts';
import { MICROSOFT } from './microsoft.ts';
import { NORMALISE } from './normalise.ts';
import type { Op, OpTable } from './op.ts';
import { POOL } from './pool.ts';
import { QUANTISE } from './quantise.ts';
import { RECURRENT } from './recurrent.ts';
import { REDUCE } from './reduce.ts';
import { RESIZE } from './resize.ts';
import { SAMPLING } from './sampling.ts';
import { SCATTER } from './scatter.ts';
import { SEQUENCE } from './sequence.ts';
import { SETS } from './sets.ts';
import { SHAPE } from './shape.ts';
import { SIGNAL } from './signal.ts';
import { TEXT } from './text.ts';
import { TRAINING } from './training.ts';

const TABLES: readonly OpTable[] = [
  ELEMENTWISE,
  CAST,
  SHAPE,
  INDEXING,
  SCATTER,
  REDUCE,
  MATMUL,
  DETERMINANT,
  CONV,
  POOL,
  NORMALISE,
  LOSS,
  QUANTISE,
  ATTENTION,
  MICROSOFT,
  TRAINING,
  TEXT,
  SETS,
  SIGNAL,
  SAMPLING,
  RESIZE,
  RECURRENT,
  SEQUENCE,
  CONTROL,
];

const OPS: ReadonlyMap<string, Op> = new Map(TABLES.flatMap((table) => Object.entries(table)));

/** The operation of a name, if it is known. */
export function findOp(name: string): Op | undefined {
  return OPS.get(name);
}

/** Names of all operations. */
export function opNames(): readonly string[] {
  return [...OPS.keys()];
}
