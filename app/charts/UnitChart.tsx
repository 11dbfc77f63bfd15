import classes from './UnitChart.module.css';
import { linearScale } from './scale.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

interface UnitMark extends Point {
  readonly low?: number;
  readonly high?: number;
  readonly size?: number;
  /** Makes it something to press. Where it is given, the same must be reachable beside the chart by keyboard. */
  readonly onChoose?: { readonly label: string; readonly act: () => void };
}

interface UnitChartProps {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly line?: readonly Point[];
  /** Points with the range around each, e.g. an interval. `size` is an area relative to the largest. */
  readonly marks?: readonly UnitMark[];
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
    <svg
      className={classes.chart}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role={marks.some(({ onChoose }) => onChoose) ? 'group' : 'img'}
      aria-label={title}
    >
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
        <Mark key={mark.x} mark={mark} x={x(mark.x)} y={y} />
      ))}
    </svg>
  );
}

/** Of what can be pressed, px: a finger is wider than a dot. */
const LEAST_TARGET = 12;

interface MarkProps {
  readonly mark: UnitMark;
  readonly x: number;
  readonly y: (value: number) => number;
}

function Mark({ mark, x, y }: MarkProps) {
  const { low, high, size = 0, onChoose } = mark;
  const radius = 3 + 6 * Math.sqrt(size);
  return (
    <g>
      {low !== undefined && high !== undefined && (
        <line className={classes.range} x1={x} x2={x} y1={y(low)} y2={y(high)} />
      )}
      <circle className={classes.mark} cx={x} cy={y(mark.y)} r={radius} />
      {onChoose !== undefined && (
        <circle
          className={classes.target}
          cx={x}
          cy={y(mark.y)}
          r={Math.max(LEAST_TARGET, radius)}
          role="button"
          tabIndex={-1}
          aria-label={onChoose.label}
          onClick={onChoose.act}
          onKeyDown={({ key }) => {
            if (key === 'Enter') onChoose.act();
          }}
        >
          <title>{onChoose.label}</title>
        </circle>
      )}
    </g>
  );
}
