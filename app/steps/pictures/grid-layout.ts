/** How many square cells of at least `minCell` fit side by side, and how wide they become. Unit: px. */
export function gridColumns(
  width: number,
  minCell: number,
  gap: number,
): { readonly columns: number; readonly cell: number } {
  const columns = Math.max(1, Math.floor((width + gap) / (minCell + gap)));
  return { columns, cell: Math.max(0, (width - gap * (columns - 1)) / columns) };
}

/** Keys that move through a grid. */
export type GridKey =
  'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown' | 'Home' | 'End' | 'PageUp' | 'PageDown';

const GRID_KEYS: ReadonlySet<string> = new Set<GridKey>([
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
  'Home',
  'End',
  'PageUp',
  'PageDown',
]);

export function isGridKey(key: string): key is GridKey {
  return GRID_KEYS.has(key);
}

/** Where a key leads from a cell. Stays inside: a step off the edge is a step not taken. */
export function gridStep(
  key: GridKey,
  index: number,
  grid: { readonly columns: number; readonly count: number; readonly pageRows: number },
): number {
  const { columns, count, pageRows } = grid;
  const target = index + offset(key, index, columns, count, pageRows);
  if (key === 'PageUp' || key === 'PageDown') return clamp(target, count);
  return target < 0 || target >= count ? index : target;
}

function offset(key: GridKey, index: number, columns: number, count: number, pageRows: number): number {
  switch (key) {
    case 'ArrowLeft':
      return -1;
    case 'ArrowRight':
      return 1;
    case 'ArrowUp':
      return -columns;
    case 'ArrowDown':
      return columns;
    case 'Home':
      return -index;
    case 'End':
      return count - 1 - index;
    case 'PageUp':
      return -columns * pageRows;
    case 'PageDown':
      return columns * pageRows;
  }
}

function clamp(index: number, count: number): number {
  return Math.max(0, Math.min(count - 1, index));
}
