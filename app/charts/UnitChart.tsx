import classes from './UnitChart.module.css';
import { linearScale } from './scale.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

interface UnitChartProps {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly line?: readonly Point[];
  /** Points with the range around each, e.g. an interval. `size` is an area relative to the largest. */
  readonly marks?: readonly (Point & {
    readonly low?: number;
    readonly high?: number;
    readonly size?: number;
  })[];
  /** The dashed line from corner to corner: chance, or perfect calibration. */
  readonly diagonal?: boolean;
  readonly formatTick: (value: number) => string;
  readonly yDomain?: readonly [number, number];
}

const WIDTH = 340;
const HEIGHT = 280;
const LEFT = 52;
const RIGHT = WIDTH - 12;
const TOP = 24;
const BOTTOM = HEIGHT - 44;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** Shares against shares, both from 0 to 1. Data in, SVG out; the numbers stand beside it. */
export function UnitChart(props: UnitChartProps) {
  const { title, xLabel, yLabel, line = [], marks = [], diagonal, formatTick, yDomain = [0, 1] } = props;
  const x = linearScale([0, 1], [LEFT, RIGHT]);
  const y = linearScale(yDomain, [BOTTOM, TOP]);
  const [bottom, top] = yDomain;
  return (
    <svg className={classes.chart} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title}>
      <g className={classes.grid}>
        {TICKS.map((tick) => {
          const value = bottom + tick * (top - bottom);
          return (
            <g key={tick}>
              <line x1={LEFT} x2={RIGHT} y1={y(value)} y2={y(value)} />
              <text x={LEFT - 8} y={y(value) + 4} textAnchor="end">
                {formatTick(value)}
              </text>
              <text x={x(tick)} y={BOTTOM + 18} textAnchor="middle">
                {formatTick(tick)}
              </text>
            </g>
          );
        })}
        <text x={RIGHT} y={BOTTOM + 36} textAnchor="end">
          {xLabel}
        </text>
        <text x={LEFT - 44} y={TOP - 10}>
          {yLabel}
        </text>
      </g>
      {diagonal === true && <line className={classes.diagonal} x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />}
      {line.length > 1 && (
        <path
          className={classes.line}
          d={line
            .map((point, at) => `${at === 0 ? 'M' : 'L'}${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`)
            .join('')}
        />
      )}
      {marks.map((mark) => (
        <g key={mark.x}>
          {mark.low !== undefined && mark.high !== undefined && (
            <line
              className={classes.range}
              x1={x(mark.x)}
              x2={x(mark.x)}
              y1={y(mark.low)}
              y2={y(mark.high)}
            />
          )}
          <circle
            className={classes.mark}
            cx={x(mark.x)}
            cy={y(mark.y)}
            r={3 + 6 * Math.sqrt(mark.size ?? 0)}
          />
        </g>
      ))}
    </svg>
  );
}
