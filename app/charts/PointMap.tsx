import { useMemo, useState, type KeyboardEvent } from 'react';
import classes from './PointMap.module.css';

/** One point of a map. */
export interface MapPoint {
  readonly id: string;
  /** Within 0..1; y downwards. */
  readonly x: number;
  readonly y: number;
  /** CSS colour of its group. */
  readonly colour: string;
  /** Drawn larger, above the others. */
  readonly strong: boolean;
  /** With a ring around it. */
  readonly marked: boolean;
  readonly label: string;
}

/** A word on the map, at the middle of its group. */
export interface MapWord {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

interface PointMapProps {
  readonly label: string;
  readonly points: readonly MapPoint[];
  readonly words: readonly MapWord[];
  readonly onOpen: (id: string) => void;
}

const SIDE = 600;
const EDGE = 24;
const place = (share: number) => EDGE + share * (SIDE - 2 * EDGE);
/** Steps of the arrow keys, in the direction that each looks. */
const KEYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * Points that can be opened: by a click, or by the arrow keys, which go to the next point that way, and Enter. When the
 * points move, they travel to where they are then.
 */
export function PointMap({ label, points, words, onOpen }: PointMapProps) {
  const [activeId, setActiveId] = useState<string | null>(null);
  const drawn = useMemo(() => points.toSorted((a, b) => Number(a.strong) - Number(b.strong)), [points]);
  const active = points.find(({ id }) => id === activeId) ?? null;
  const keyDown = (event: KeyboardEvent) => {
    const way = KEYS[event.key];
    if (way !== undefined) {
      event.preventDefault();
      setActiveId(nextPoint(points, active, way)?.id ?? activeId);
    } else if ((event.key === 'Enter' || event.key === ' ') && active !== null) {
      event.preventDefault();
      onOpen(active.id);
    }
  };
  const idAt = (target: EventTarget) =>
    target instanceof Element ? (target.closest<SVGElement>('[data-point]')?.dataset['point'] ?? null) : null;
  return (
    <div className={classes.frame}>
      <svg
        className={classes.map}
        viewBox={`0 0 ${SIDE} ${SIDE}`}
        role="listbox"
        aria-label={label}
        tabIndex={0}
        aria-activedescendant={active === null ? undefined : `point-${active.id}`}
        onKeyDown={keyDown}
        onPointerOver={({ target }) => {
          const id = idAt(target);
          if (id !== null) setActiveId(id);
        }}
        onClick={({ target }) => {
          const id = idAt(target);
          if (id === null) return;
          setActiveId(id);
          onOpen(id);
        }}
      >
        {drawn.map((point) => (
          <g
            key={point.id}
            id={`point-${point.id}`}
            data-point={point.id}
            role="option"
            aria-selected={point.id === activeId}
            aria-label={point.label}
            className={classes.point}
            style={{ transform: `translate(${place(point.x)}px, ${place(point.y)}px)` }}
          >
            {point.marked && <circle className={classes.ring} r={9} />}
            <circle
              className={classes.dot}
              data-strong={point.strong || undefined}
              r={point.strong ? 6 : 4}
              fill={point.colour}
            />
          </g>
        ))}
        {active !== null && (
          <circle className={classes.active} cx={place(active.x)} cy={place(active.y)} r={11} />
        )}
        {words.map(({ id, x, y, text }) => (
          <text
            key={id}
            className={classes.word}
            style={{ transform: `translate(${place(x)}px, ${place(y)}px)` }}
          >
            {text}
          </text>
        ))}
      </svg>
      <p className={classes.name} aria-hidden>
        {active?.label ?? '\u00a0'}
      </p>
    </div>
  );
}

/** The nearest point that lies more in a direction than beside it; from nowhere, the one nearest to the middle. */
export function nextPoint(
  points: readonly MapPoint[],
  from: MapPoint | null,
  [right, down]: readonly [number, number],
): MapPoint | null {
  const far = (point: MapPoint): number => {
    if (from === null) return Math.hypot(point.x - 0.5, point.y - 0.5);
    const [x, y] = [point.x - from.x, point.y - from.y];
    const along = x * right + y * down;
    const beside = Math.abs(x * down) + Math.abs(y * right);
    return point.id === from.id || along <= 0 || beside > along ? Infinity : along + 2 * beside;
  };
  return points.reduce<{ point: MapPoint | null; far: number }>(
    (best, point) => {
      const own = far(point);
      return own < best.far ? { point, far: own } : best;
    },
    { point: null, far: Infinity },
  ).point;
}
