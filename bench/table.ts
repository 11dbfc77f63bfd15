/** One measured number: what, how much, of what unit, and what was to be reached. */
export interface Row {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  /** The most that is allowed; absent where there is no goal. */
  readonly atMost?: number;
  readonly note?: string;
}

/** Rows as aligned text. */
export function formatTable(rows: readonly Row[]): string {
  const lines = rows.map(({ name, value, unit, atMost, note }) => [
    name,
    value === null ? 'not measured' : `${rounded(value)} ${unit}`,
    atMost === undefined ? '' : `goal ${atMost} ${unit}${value !== null && value > atMost ? ' MISSED' : ''}`,
    note ?? '',
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const rounded = (value: number) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));
