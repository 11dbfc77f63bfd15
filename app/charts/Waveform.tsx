import classes from './Waveform.module.css';
import { peaksOf } from './peaks.ts';

/** Stretches drawn, one unit of the view box each. */
const STRETCHES = 240;
const HALF = 30;
/** Silence is a line still. */
const LEAST = 0.4;

interface WaveformProps {
  /** -1..1; `null` while they are not known. */
  readonly samples: Float32Array | null;
  readonly label: string;
}

/** How loud a sound is, from its beginning to its end; as wide as its place. */
export function Waveform({ samples, label }: WaveformProps) {
  const peaks = samples === null ? [] : peaksOf(samples, STRETCHES);
  const path = peaks.map((peak, at) => {
    const half = Math.max(LEAST, peak * HALF).toFixed(1);
    return `M${at + 0.5} ${HALF}v-${half}M${at + 0.5} ${HALF}v${half}`;
  });
  return (
    <svg
      className={classes.wave}
      viewBox={`0 0 ${STRETCHES} ${2 * HALF}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={path.join('')} />
    </svg>
  );
}
