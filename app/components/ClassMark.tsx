import classes from './ClassMark.module.css';
import { classStyle } from './class-style.ts';

interface ClassMarkProps {
  /** Index in the project's class order. */
  readonly index: number;
  readonly size?: 'small' | 'normal';
}

/** The colour, pattern and letter of a class. Decoration: the name stands beside it. */
export function ClassMark({ index, size = 'normal' }: ClassMarkProps) {
  const { background, ink, letter } = classStyle(index);
  return (
    <span aria-hidden className={classes.mark} data-size={size} style={{ background, color: ink }}>
      {letter}
    </span>
  );
}
