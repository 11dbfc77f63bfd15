import type { Shortcut, StressKind, StressReport } from '../../../../src/index.ts';
import { PLACES, type Place } from '../../../charts/heat-image.ts';

/** Cells per side of the grid that shortcuts are told on; the outer ones are at the edges. */
const CELLS = 4;

/** The ninth of a picture that a cell lies in. */
export function placeOfCell({ row, column }: Shortcut['cell']): Place {
  const third = (at: number) => (at === 0 ? 0 : at === CELLS - 1 ? 2 : 1);
  return PLACES[third(row) * 3 + third(column)] ?? 'middle';
}

/** Right answers that a change must cost before it is worth a word, as a part of all pictures. */
const NOTABLE = 0.1;

/**
 * The kind of change that costs most at its middle strength: the strongest ones make anything unreadable. The background
 * has a sentence of its own. `null` if none is notable.
 */
export function weakestPoint({
  curves,
  correct,
  total,
}: StressReport): { readonly kind: StressKind; readonly correct: number } | null {
  const middles = curves
    .filter(({ kind }) => kind !== 'background')
    .map(({ kind, points }) => {
      const left = points.slice(
        0,
        points.findIndex((one) => isUntouched(kind, one.strength)),
      );
      const right = points.slice(left.length + 1);
      const halves = [left.toReversed(), right].filter((half) => half.length > 0);
      return {
        kind,
        correct: Math.min(
          ...halves.map((half) => half[Math.floor((half.length - 1) / 2)]?.correct ?? correct),
        ),
      };
    });
  const worst = middles.reduce<(typeof middles)[number] | null>(
    (found, one) => (found === null || one.correct < found.correct ? one : found),
    null,
  );
  return worst === null || correct - worst.correct < NOTABLE * total ? null : worst;
}

const isUntouched = (kind: StressKind, strength: number): boolean =>
  kind === 'jpeg' ? strength === 100 : strength === 0;
