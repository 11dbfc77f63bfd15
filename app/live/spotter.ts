/** @file From one answer after another to words that were heard: smoothed, and told once each. */
import type { ClassId, Prediction } from '../../src/index.ts';

/** A word that was heard. */
export interface Heard {
  readonly classId: ClassId;
  readonly probability: number;
  readonly atMs: number;
}

export interface Spotting {
  /** Answers of the last moment, oldest first. */
  readonly recent: readonly { readonly prediction: Prediction; readonly atMs: number }[];
  /** Their mean; `null` while nothing is heard. */
  readonly smoothed: Prediction | null;
  /** The class that is sounding now, so that it is told once. */
  readonly sounding: ClassId | null;
  /** Told so far, newest first. */
  readonly heard: readonly Heard[];
}

export interface SpottingOptions {
  /** A word is told from this probability on, 0..1. */
  readonly threshold: number;
  /** Classes that are never told: background noise. */
  readonly quiet: ReadonlySet<ClassId>;
}

/** Answers within this time are averaged: about as long as a word stays whole in the window, ms. */
export const SMOOTHED_MS = 600;
/** Fewer answers than this are not believed. */
const LEAST_ANSWERS = 2;
/** Told words that are remembered. */
const REMEMBERED = 6;

export const NOTHING_HEARD: Spotting = { recent: [], smoothed: null, sounding: null, heard: [] };

/** After one more answer; `null`: it was too quiet to ask. Answers of another model begin anew. Pure. */
export function spot(
  state: Spotting,
  prediction: Prediction | null,
  atMs: number,
  { threshold, quiet }: SpottingOptions,
): Spotting {
  if (prediction === null) return { ...state, recent: [], smoothed: null, sounding: null };
  const recent = [
    ...state.recent.filter((one) => atMs - one.atMs < SMOOTHED_MS && sameClasses(one.prediction, prediction)),
    { prediction, atMs },
  ];
  const smoothed = meanOf(recent.map((one) => one.prediction));
  const best = smoothed.probabilities.reduce((at, p, i, all) => (p > (all[at] ?? 0) ? i : at), 0);
  const classId = smoothed.classIds[best] ?? '';
  const probability = smoothed.probabilities[best] ?? 0;
  // A word passes through the window: cut in half it is like nothing that was learned, whole it must not be.
  const doubted = recent.every((one) => one.prediction.doubt !== undefined);
  const isTold =
    recent.length >= LEAST_ANSWERS && probability >= threshold && !quiet.has(classId) && !doubted;
  // What is sounding goes on until something else is clearly heard, or nothing.
  const sounding = isTold ? classId : quiet.has(classId) ? null : state.sounding;
  const isNew = isTold && classId !== state.sounding;
  const heard = isNew ? [{ classId, probability, atMs }, ...state.heard].slice(0, REMEMBERED) : state.heard;
  return { recent, smoothed, sounding, heard };
}

function sameClasses(a: Prediction, b: Prediction): boolean {
  return (
    a.speaker.kind === b.speaker.kind &&
    a.classIds.length === b.classIds.length &&
    a.classIds.every((id, i) => id === b.classIds[i])
  );
}

/** The latest answer with the mean of all. There is at least one. */
function meanOf(predictions: readonly Prediction[]): Prediction {
  const latest = predictions.at(-1) as Prediction;
  const sums = latest.probabilities.map((_, i) =>
    predictions.reduce((sum, { probabilities }) => sum + (probabilities[i] ?? 0), 0),
  );
  return { ...latest, probabilities: sums.map((sum) => sum / predictions.length) };
}
