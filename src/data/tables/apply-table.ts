/** @file A table and its mapping, laid over the pictures of a drop: each gets its label, its side and its group. */
import { assertNotAborted, EngineError, toErrorData } from '../../core/errors.ts';
import type { TableMapping } from '../../core/import-table.ts';
import type { Rejection } from '../../core/project.ts';
import type { SplitSide } from '../../core/split.ts';
import { classKey } from '../names.ts';
import { sideInName, sideNamed } from '../sides.ts';
import { SEVERAL, type PictureIndex } from './picture-index.ts';
import type { Table } from './table.ts';

/** What a table says of a picture. */
export interface Placement {
  /** Absent: by its folder. */
  readonly label?: string;
  readonly side?: SplitSide;
  readonly group?: string;
}

export interface AppliedTable {
  /** By path in the drop. */
  readonly placements: ReadonlyMap<string, Placement>;
  readonly rejected: readonly Rejection[];
  readonly rows: number;
  readonly matched: number;
}

/** What marks a group that somebody named, beside those found here. */
export const NAMED_GROUP = 'named ';

/** A group's name is only compared; this much of it is enough. */
const LONGEST_GROUP = 200;
const ROWS_BETWEEN_LOOKS = 1_000;

/**
 * Reads tables of the same columns through.
 * @throws {EngineError} the `table-...` codes that end the reading; `cancelled`.
 */
export async function applyTables(
  tables: readonly Table[],
  mapping: TableMapping,
  pictures: PictureIndex,
  signal: AbortSignal,
): Promise<AppliedTable> {
  const placements = new Map<string, Placement>();
  const rejected: Rejection[] = [];
  let rows = 0;
  let matched = 0;
  for (const table of tables) {
    const ofTable = tables.length > 1 ? sideInName(table.name) : undefined;
    const refuse = (line: number, error: EngineError) =>
      rejected.push({ name: `${table.name}:${line}`, error: toErrorData(error) });
    for await (const row of table.rows(signal)) {
      if (++rows % ROWS_BETWEEN_LOOKS === 0) assertNotAborted(signal);
      if ('problem' in row) {
        refuse(row.line, row.problem);
        continue;
      }
      try {
        const { path, placement } = place(row.values, row.line, mapping, pictures);
        agree(placements.get(path), placement, row.line, path);
        placements.set(path, { ...(ofTable !== undefined && { side: ofTable }), ...placement });
        matched++;
      } catch (thrown) {
        if (!(thrown instanceof EngineError)) throw thrown;
        refuse(row.line, thrown);
      }
    }
  }
  return { placements, rejected, rows, matched };
}

function place(values: readonly string[], line: number, mapping: TableMapping, pictures: PictureIndex) {
  const cell = (column: number | null) => (column === null ? '' : (values[column] ?? '').trim());
  const file = cell(mapping.file);
  const path = pictures.find(file);
  if (path === null) {
    throw new EngineError('table-file-missing', `${file} is not in the drop.`, { line, file });
  }
  if (path === SEVERAL) {
    throw new EngineError('table-file-several', `${file} fits several pictures.`, { line, file });
  }
  return { path, placement: placementOf(values, line, mapping) };
}

/**
 * What a row says of its sample.
 * @throws {EngineError} `table-no-label`, `table-side`.
 */
export function placementOf(values: readonly string[], line: number, mapping: TableMapping): Placement {
  const cell = (column: number | null) => (column === null ? '' : (values[column] ?? '').trim());
  const label = cell(mapping.label);
  if (mapping.label !== null && label === '') {
    const file = cell(mapping.file).slice(0, LONGEST_GROUP);
    throw new EngineError('table-no-label', `Row ${line} has no label.`, { line, file });
  }
  const side = sideNamed(cell(mapping.side));
  if (mapping.side !== null && cell(mapping.side) !== '' && side === undefined) {
    throw new EngineError('table-side', `${cell(mapping.side)} names no side of a split.`, {
      line,
      value: cell(mapping.side).slice(0, LONGEST_GROUP),
    });
  }
  const group = cell(mapping.group).slice(0, LONGEST_GROUP);
  return {
    ...(mapping.label !== null && { label }),
    ...(side !== undefined && { side }),
    ...(group !== '' && { group: `${NAMED_GROUP}${group}` }),
  };
}

/** @throws {EngineError} `table-two-labels` if an earlier row says something else of the same picture. */
function agree(earlier: Placement | undefined, later: Placement, line: number, file: string): void {
  if (earlier?.label === undefined || later.label === undefined) return;
  if (classKey(earlier.label) === classKey(later.label)) return;
  const detail = { line, file, first: earlier.label.slice(0, 60), second: later.label.slice(0, 60) };
  throw new EngineError('table-two-labels', `${file} has two labels.`, detail);
}
