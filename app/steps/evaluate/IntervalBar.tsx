import type { Interval } from '../../../src/index.ts';
import styles from './IntervalBar.module.css';

interface IntervalBarProps {
  readonly accuracy: number;
  readonly interval: Interval;
  readonly large?: boolean;
}

/** A share and the range around it, on a line from 0 to 100 %. Decoration: the numbers stand beside it. */
export function IntervalBar({ accuracy, interval, large }: IntervalBarProps) {
  const left = `${interval.low * 100}%`;
  return (
    <span className={styles.line} data-large={large} aria-hidden>
      <span className={styles.range} style={{ left, width: `${(interval.high - interval.low) * 100}%` }} />
      <span className={styles.dot} style={{ left: `${accuracy * 100}%` }} />
    </span>
  );
}
