import classes from './LineChart.module.css';
import { linearScale, niceTicks, spreadApart } from './scale.ts';

export interface LineSeries {
  readonly id: string;
  /** Written at the end of the line. */
  readonly label: string;
  /** CSS colour. */
  readonly colour: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** The range around the line, from left to right. */
  readonly band?: readonly { readonly x: number; readonly low: number; readonly high: number }[];
  /** Each point is one that was measured, and is marked. */
  readonly dots?: boolean;
}

interface LineChartProps {
  readonly title: string;
  readonly series: readonly LineSeries[];
  readonly xDomain: readonly [number, number];
  readonly yDomain: readonly [number, number];
  readonly xLabel: string;
  readonly formatY: (value: number) => string;
  /** A vertical mark with a word, e.g. the best epoch. */
  readonly mark?: { readonly x: number; readonly label: string };
  /** Said in the middle while there is nothing to draw. */
  readonly empty?: string;
  /** Of the drawing, px. Drawn at the width it is shown at, its words have the size of all others. */
  readonly width?: number;
}

const HEIGHT = 220;
const LEFT = 44;
/** For the names and last values at the ends of the lines, px. */
const LABELS = 80;
const TOP = 20;
const BOTTOM = HEIGHT - 32;
/** Two lines of text at the ends of two curves, px. */
const LABEL_GAP = 32;

/** Lines over time with their names and last values written at their ends. Data in, SVG out. */
export function LineChart(props: LineChartProps) {
  const { title, series, xDomain, yDomain, xLabel, mark, empty, formatY, width = 348 } = props;
  const right = width - LABELS;
  const x = linearScale(xDomain, [LEFT, right]);
  const y = linearScale(yDomain, [BOTTOM, TOP]);
  const path = (points: LineSeries['points']) =>
    points
      .map((point, index) => `${index === 0 ? 'M' : 'L'}${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`)
      .join('');
  const drawn = series.filter(({ points }) => points.length > 0);
  const ends = drawn.map(({ points }) => y(points.at(-1)?.y ?? 0));
  const labelYs = spreadApart(ends, LABEL_GAP, [TOP + 4, BOTTOM - 18]);
  return (
    <svg className={classes.chart} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={title}>
      <Grid x={x} y={y} right={right} {...{ xDomain, yDomain, xLabel, formatY }} bare={drawn.length === 0} />
      {mark !== undefined && (
        <g className={classes.mark}>
          <line x1={x(mark.x)} x2={x(mark.x)} y1={TOP} y2={BOTTOM} />
          <text x={x(mark.x)} y={TOP - 7} textAnchor="middle">
            {mark.label}
          </text>
        </g>
      )}
      {drawn.map(({ id, colour, band = [] }) => {
        const edge = band.map((one) => ({ x: one.x, y: one.high }));
        const back = band.map((one) => ({ x: one.x, y: one.low })).toReversed();
        return (
          band.length > 1 && (
            <path key={id} className={classes.band} fill={colour} d={`${path([...edge, ...back])}Z`} />
          )
        );
      })}
      {drawn.map(({ id, colour, points }) => (
        <path key={id} className={classes.line} stroke={colour} d={path(points)} />
      ))}
      {drawn.map(({ id, colour, points, dots = false }) =>
        dots
          ? points
              .slice(0, -1)
              .map((one) => (
                <circle
                  key={`${id}/${one.x}`}
                  className={classes.dot}
                  cx={x(one.x)}
                  cy={y(one.y)}
                  r={3.5}
                  fill={colour}
                />
              ))
          : null,
      )}
      {drawn.map(({ id, label, colour, points }, index) => {
        const last = points.at(-1) ?? { x: 0, y: 0 };
        const labelY = labelYs[index] ?? 0;
        return (
          <g key={id}>
            <circle cx={x(last.x)} cy={y(last.y)} r={3.5} fill={colour} className={classes.dot} />
            <text className={classes.value} x={right + 12} y={labelY} fill={colour}>
              {formatY(last.y)}
            </text>
            <text className={classes.label} x={right + 12} y={labelY + 14}>
              {label}
            </text>
          </g>
        );
      })}
      {drawn.length === 0 && empty !== undefined && (
        <text className={classes.empty} x={(LEFT + right) / 2} y={(TOP + BOTTOM) / 2} textAnchor="middle">
          {empty}
        </text>
      )}
    </svg>
  );
}

interface GridProps extends Pick<LineChartProps, 'xDomain' | 'yDomain' | 'xLabel' | 'formatY'> {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** Where the plot ends, px. */
  readonly right: number;
  /** Nothing is drawn yet: lines without numbers. */
  readonly bare: boolean;
}

function Grid({ x, y, right, bare, xDomain, yDomain, xLabel, formatY }: GridProps) {
  return (
    <g className={classes.grid}>
      {niceTicks(yDomain, 4).map((value) => (
        <g key={value}>
          <line x1={LEFT} x2={right} y1={y(value)} y2={y(value)} />
          {!bare && (
            <text x={LEFT - 8} y={y(value) + 4} textAnchor="end">
              {formatY(value)}
            </text>
          )}
        </g>
      ))}
      {niceTicks(xDomain, 5)
        .filter(Number.isInteger)
        .map((value) => (
          <text key={value} x={x(value)} y={BOTTOM + 18} textAnchor="middle">
            {value}
          </text>
        ))}
      <text x={right + 12} y={BOTTOM + 18}>
        {xLabel}
      </text>
    </g>
  );
}
