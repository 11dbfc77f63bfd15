import { classStyle } from '../../components/class-style.ts';
import { leafPath } from './tree-shape.ts';

const MOST_LEAVES = 9;
/** Angle between the outermost leaf and straight up. */
const WIDEST = 1.2;

/** One leaf per class, in its colour; a bud while there is none. */
export function TreeCrown({ classCount }: { readonly classCount: number }) {
  const leaves = Math.min(MOST_LEAVES, classCount);
  const angles = Array.from({ length: leaves }, (_, index) =>
    leaves === 1 ? 0 : -WIDEST + (2 * WIDEST * index) / (leaves - 1),
  );
  if (leaves === 0) return <path d={leafPath(0, 26)} fill="var(--g-leaf)" opacity={0.5} />;
  return (
    <>
      {angles.map((angle, index) => (
        <path
          key={angle}
          d={leafPath(angle, 64 - 12 * Math.abs(angle))}
          fill={classStyle(index).colour}
          stroke="var(--g-card)"
          strokeWidth={1.5}
        />
      ))}
    </>
  );
}
