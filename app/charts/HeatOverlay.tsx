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
}

/** A map over a picture: on the square in its middle, which is what a model sees; the rest is dimmed. */
export function HeatOverlay({ grid, width, height, label }: HeatOverlayProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const pen = canvas.current?.getContext('2d');
    if (pen === null || pen === undefined) return;
    pen.clearRect(0, 0, SIDE, SIDE);
    if (grid !== null) pen.putImageData(new ImageData(heatImage(grid, SIDE), SIDE, SIDE), 0, 0);
  }, [grid]);
  const square = Math.min(width, height);
  const share = (part: number, whole: number) => `${(100 * part) / whole}%`;
  return (
    <span className={classes.clip} role="img" aria-label={label}>
      <canvas
        ref={canvas}
        aria-hidden
        className={classes.square}
        width={SIDE}
        height={SIDE}
        style={{
          left: share((width - square) / 2, width),
          top: share((height - square) / 2, height),
          width: share(square, width),
          height: share(square, height),
        }}
      />
    </span>
  );
}
