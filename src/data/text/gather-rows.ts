/** @file The rows of tables as samples: each has a text, and most often a label. */
import { assertNotAborted, EngineError, toErrorData } from '../../core/errors.ts';
import type { TableMapping } from '../../core/import-table.ts';
import type { Rejection } from '../../core/project.ts';
import type { Candidate } from '../import-candidates.ts';
import { sideInName } from '../sides.ts';
import { placementOf } from '../tables/apply-table.ts';
import type { Table } from '../tables/table.ts';

const ROWS_BETWEEN_LOOKS = 1_000;

export interface GatheredRows {
  readonly candidates: readonly Candidate[];
  readonly rejected: readonly Rejection[];
  /** Rows, without the header. */
  readonly rows: number;
}

/**
 * Reads tables of the same columns through.
 * @throws {EngineError} the `table-...` codes that end the reading; `cancelled`.
 */
export async function gatherRows(
  tables: readonly Table[],
  mapping: TableMapping,
  signal: AbortSignal,
): Promise<GatheredRows> {
  const candidates: Candidate[] = [];
  const rejected: Rejection[] = [];
  let rows = 0;
  for (const table of tables) {
    const ofTable = tables.length > 1 ? sideInName(table.name) : undefined;
    for await (const row of table.rows(signal)) {
      if (++rows % ROWS_BETWEEN_LOOKS === 0) assertNotAborted(signal);
      const path = `${table.name}:${row.line}`;
      try {
        if ('problem' in row) throw row.problem;
        candidates.push({
          path,
          label: '',
          ...(ofTable !== undefined && { side: ofTable }),
          ...placementOf(row.values, row.line, mapping),
          mayBeTable: false,
          isPacked: false,
          open: () => Promise.resolve(new Blob([row.values[mapping.file] ?? ''])),
        });
      } catch (thrown) {
        if (!(thrown instanceof EngineError)) throw thrown;
        rejected.push({ name: path, error: toErrorData(thrown) });
      }
    }
  }
  return { candidates, rejected, rows };
}
