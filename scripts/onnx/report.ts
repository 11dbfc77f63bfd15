import type { ConformanceResult } from '../../src/testing/onnx/conformance-case.ts';

export interface OpCounts {
  passed: number;
  failed: number;
  unsupported: number;
}

/** Counts by operation. A case counts for every operation of its model: composed cases for several. */
export function countByOp(results: readonly ConformanceResult[]): ReadonlyMap<string, OpCounts> {
  const counts = new Map<string, OpCounts>();
  for (const { ops, status } of results) {
    for (const op of ops) {
      const entry = counts.get(op) ?? { passed: 0, failed: 0, unsupported: 0 };
      entry[status] += 1;
      counts.set(op, entry);
    }
  }
  return new Map([...counts].sort(([a], [b]) => a.localeCompare(b, 'en')));
}

/** Number of cases with a result. */
export function countOf(results: readonly ConformanceResult[], status: ConformanceResult['status']): number {
  return results.filter((result) => result.status === status).length;
}

/** One line per operation: passed, failed and unsupported on each back-end. */
export function formatByOp(runs: ReadonlyMap<string, readonly ConformanceResult[]>): string {
  const counts = [...runs].map(([backend, results]) => [backend, countByOp(results)] as const);
  const ops = [...new Set(counts.flatMap(([, byOp]) => [...byOp.keys()]))].sort((a, b) =>
    a.localeCompare(b, 'en'),
  );
  const width = Math.max(10, ...ops.map((op) => op.length));
  const cell = (entry: OpCounts | undefined) =>
    entry === undefined ? '-' : `${entry.passed} / ${entry.failed} / ${entry.unsupported}`;
  const line = (op: string, cells: readonly string[]) =>
    `${op.padEnd(width)}  ${cells.map((text) => text.padStart(14)).join('  ')}`;
  return [
    line(
      'operation',
      counts.map(([backend]) => backend),
    ),
    ...ops.map((op) =>
      line(
        op,
        counts.map(([, byOp]) => cell(byOp.get(op))),
      ),
    ),
  ].join('\n');
}
