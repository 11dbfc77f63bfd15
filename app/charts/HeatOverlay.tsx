import { useEffect, useRef } from 'react';
import classes from './HeatOverlay.module.css';
import { heatImage, type HeatGrid } from './heat-image.ts';

/** Of the drawing, px: the browser makes it as large as the picture. */
const SIDE = 96;

interface HeatOverlayProps {
  /** `null`: only the square that the model sees. */
  readonly grid: HeatGrid | null;
  /** Sides of the picture below, in any unit. */
  readonly width: number;
  readonly height: number;
  readonly label: string;
  /** Of a spectrogram: which part of its width the map covers. */
  readonly span?: { readonly left: number; readonly right: number };
}

/** A map over a picture: on the square in its middle, or the stretch of a sound, that a model sees; the rest is dimmed. */
export function HeatOverlay({ grid, width, height, label, span }: HeatOverlayProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const pen = canvas.current?.getContext('2d');
    if (pen === null || pen === undefined) return;
    pen.clearRect(0, 0, SIDE, SIDE);
    if (grid !== null) pen.putImageData(new ImageData(heatImage(grid, SIDE), SIDE, SIDE), 0, 0);
  }, [grid]);
  const square = Math.min(width, height);
  const middle = {
    left: share((width - square) / 2, width),
    top: share((height - square) / 2, height),
    width: share(square, width),
    height: share(square, height),
  };
  return (
    <span className={classes.clip} role="img" aria-label={label}>
      <canvas
        ref={canvas}
        aria-hidden
        className={classes.square}
        width={SIDE}
        height={SIDE}
        style={span === undefined ? middle : stretch(span)}
      />
    </span>
  );
}

const share = (part: number, whole: number): string => `${(100 * part) / whole}%`;

const stretch = ({ left, right }: { readonly left: number; readonly right: number }) => ({
  left: share(left, 1),
  top: 0,
  width: share(right - left, 1),
  height: '100%',
});
