import classes from './StrengthChart.module.css';
import { linearScale } from './scale.ts';

interface StrengthPoint {
  /** Written below the point. */
  readonly label: string;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

interface StrengthChartProps {
  readonly title: string;
  /** From left to right, one step apart whatever their strengths. */
  readonly points: readonly StrengthPoint[];
  /** The dashed line: without any change. */
  readonly reference: number;
  readonly formatY: (value: number) => string;
}

const WIDTH = 240;
const HEIGHT = 150;
const LEFT = 40;
const RIGHT = WIDTH - 14;
const TOP = 10;
const BOTTOM = HEIGHT - 26;
const TICKS = [0, 0.5, 1];

/** A share against steps of a strength, with its range, small enough to stand beside others. Data in, SVG out. */
export function StrengthChart({ title, points, reference, formatY }: StrengthChartProps) {
  const x = linearScale([0, Math.max(1, points.length - 1)], [LEFT + 14, RIGHT]);
  const y = linearScale([0, 1], [BOTTOM, TOP]);
  const path = (ys: readonly number[], from = 0) =>
    ys.map((value, at) => `${x(Math.abs(from - at)).toFixed(1)} ${y(value).toFixed(1)}`).join('L');
  const upper = path(points.map(({ high }) => high));
  const lower = path(points.map(({ low }) => low).toReversed(), points.length - 1);
  return (
    <svg className={classes.chart} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title}>
      <g className={classes.grid}>
        {TICKS.map((tick) => (
          <g key={tick}>
            <line x1={LEFT} x2={RIGHT} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 6} y={y(tick) + 4} textAnchor="end">
              {formatY(tick)}
            </text>
          </g>
        ))}
        {points.map(({ label }, at) => (
          <text key={label} x={x(at)} y={BOTTOM + 18} textAnchor="middle">
            {label}
          </text>
        ))}
      </g>
      <line className={classes.reference} x1={LEFT} x2={RIGHT} y1={y(reference)} y2={y(reference)} />
      {points.length > 1 && <path className={classes.range} d={`M${upper}L${lower}Z`} />}
      {points.length > 1 && <path className={classes.line} d={`M${path(points.map((one) => one.y))}`} />}
      {points.map((point, at) => (
        <circle key={point.label} className={classes.mark} cx={x(at)} cy={y(point.y)} r={3.5} />
      ))}
    </svg>
  );
}
