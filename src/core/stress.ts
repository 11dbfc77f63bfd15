/** @file How a model holds up when pictures are worse than those of the exam, and what it really goes by. */
import type { ClassId } from './dataset.ts';
import type { SplitSide } from './split.ts';

/** Ways in which pictures are changed. */
export const STRESS_KINDS = [
  'brightness',
  'contrast',
  'blur',
  'noise',
  'crop',
  'rotation',
  'mirror',
  'jpeg',
  'background',
] as const;
export type StressKind = (typeof STRESS_KINDS)[number];

/**
 * How strong a change is, by kind: part by which light or contrast is more (brightness, contrast), standard deviation as a
 * part of the side (blur) or of the range of values (noise), part of the side that is cut away (crop), degrees (rotation),
 * 1 (mirror), quality 1..100 (jpeg), part of the side that is covered in the middle (background).
 */
export interface StressPoint {
  readonly strength: number;
  readonly correct: number;
}

/** One kind of change, from weak to strong, with the untouched pictures where they belong. */
export interface StressCurve {
  readonly kind: StressKind;
  readonly points: readonly StressPoint[];
}

/** Parts of a picture around its middle, on a grid of 4 x 4. */
export interface StressCell {
  readonly row: number;
  readonly column: number;
}

/** What is left of a class when the middle is covered. */
export interface BackgroundClass {
  readonly classId: ClassId;
  readonly support: number;
  /** Right as they are. */
  readonly before: number;
  /** Right with only the background to see. */
  readonly correct: number;
}

/** A small part at the edge that decides for a class. */
export interface Shortcut {
  readonly classId: ClassId;
  readonly cell: StressCell;
  /** Pictures of other classes, answered right, into which that part was copied from pictures of this class. */
  readonly tried: number;
  /** Of those, called this class then. */
  readonly flipped: number;
  /** By how much covering that part lowers the log-odds of the class, mean over its pictures. */
  readonly drop: number;
}

export interface StressReport {
  readonly runId: string;
  readonly side: SplitSide;
  readonly splitHash: string;
  /** Pictures that were changed: all of the side, or so many spread over it. */
  readonly total: number;
  /** Pictures of the side. */
  readonly of: number;
  /** Right as they are. */
  readonly correct: number;
  readonly curves: readonly StressCurve[];
  readonly background: {
    /** Part of the side that was covered in the middle. */
    readonly covered: number;
    readonly correct: number;
    /** Right answers by always saying the commonest class. */
    readonly chance: number;
    readonly perClass: readonly BackgroundClass[];
    /** The background alone is enough: most of what was right stays right, and it is no luck. */
    readonly enough: boolean;
  };
  readonly shortcuts: readonly Shortcut[];
  readonly elapsedMs: number;
}
