import { ELEMENTWISE } from './elementwise.ts';
import type { Op, OpTable } from './op.ts';

const TABLES: readonly OpTable[] = [ELEMENTWISE];

const OPS: ReadonlyMap<string, Op> = new Map(TABLES.flatMap((table) => Object.entries(table)));

/** The operation of a name, if it is known. */
export function findOp(name: string): Op | undefined {
  return OPS.get(name);
}

/** Names of all operations. */
export function opNames(): readonly string[] {
  return [...OPS.keys()];
}
