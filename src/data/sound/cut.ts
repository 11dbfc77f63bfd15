/** @file A long recording becomes samples: where something is heard, or at even distances. */

/** A stretch of a recording, samples. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Frames by which loudness is followed, s. */
const FRAME_S = 0.01;
/** What is never quieter than this counts as silence, dB below full scale. */
const SILENCE_DB = -70;
/** The loudest must stand out so far from the quiet, dB; less is one long sound or none. */
const STANDS_OUT_DB = 10;
/** Between the quiet and the loud, where a sound begins, as a part of the way; at least so many dB above the quiet. */
const BEGINS_AT = 0.35;
const BEGINS_DB = 6;
/** The quiet of a recording is as loud as this part of its frames. */
const QUIET_SHARE = 0.2;
/** A shorter pause is part of a word; a shorter sound is a click of the hand, s. */
const PAUSE_S = 0.25;
const LEAST_S = 0.05;
/** What is kept before and after a sound, s. */
const MARGIN_S = 0.15;
/** A recording in which nothing stands out is one sound if it is this short, s. */
const ONE_SOUND_S = 3;

/**
 * The sounds in a recording, told by their energy, with a little of the quiet around each.
 * @param samples One channel. @param rate Samples a second.
 * @returns Stretches that do not overlap, in order; none if nothing is heard.
 */
export function cutSounds(samples: Float32Array, rate: number): readonly Stretch[] {
  const frame = Math.max(1, Math.round(FRAME_S * rate));
  const levels = smoothed(levelsOf(samples, frame));
  if (levels.length === 0) return [];
  const sorted = levels.toSorted((a, b) => a - b);
  const quiet = sorted[Math.floor(QUIET_SHARE * (sorted.length - 1))] ?? SILENCE_DB;
  const loud = sorted.at(-1) ?? SILENCE_DB;
  if (loud <= SILENCE_DB) return [];
  if (loud - quiet < STANDS_OUT_DB) {
    return samples.length <= ONE_SOUND_S * rate ? [{ from: 0, to: samples.length }] : [];
  }
  const begins = quiet + Math.max(BEGINS_DB, BEGINS_AT * (loud - quiet));
  const joined = joinedRuns(levels, begins, Math.round(PAUSE_S / FRAME_S));
  const heard = joined.filter(({ from, to }) => (to - from) * FRAME_S >= LEAST_S);
  return withMargins(
    heard.map(({ from, to }) => ({ from: from * frame, to: Math.min(samples.length, to * frame) })),
    Math.round(MARGIN_S * rate),
    samples.length,
  );
}

/**
 * The same length again and again, for what has neither beginning nor end, as background noise. A rest of half the
 * length is kept.
 */
export function cutEvenly(samples: Float32Array, length: number): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (let from = 0; from < samples.length; from += length) {
    const to = Math.min(samples.length, from + length);
    if (to - from >= length / 2) stretches.push({ from, to });
  }
  return stretches;
}

/** Root mean square of each frame, dB. */
function levelsOf(samples: Float32Array, frame: number): number[] {
  return Array.from({ length: Math.floor(samples.length / frame) }, (_, at) => {
    let sum = 0;
    for (let i = at * frame; i < (at + 1) * frame; i++) sum += (samples[i] ?? 0) ** 2;
    return Math.max(SILENCE_DB, 10 * Math.log10(sum / frame + 1e-12));
  });
}

/** The mean of three: a single frame is no sound and no pause. */
function smoothed(levels: readonly number[]): number[] {
  return levels.map((level, at) => ((levels[at - 1] ?? level) + level + (levels[at + 1] ?? level)) / 3);
}

/** Runs of frames above a level; those with a short pause between them are one. Unit: frames. */
function joinedRuns(levels: readonly number[], above: number, pause: number): Stretch[] {
  const runs: { from: number; to: number }[] = [];
  levels.forEach((level, at) => {
    if (level < above) return;
    const last = runs.at(-1);
    if (last !== undefined && at - last.to < pause) last.to = at + 1;
    else runs.push({ from: at, to: at + 1 });
  });
  return runs;
}

/** As much of the quiet as there is up to half of the way to the neighbour. */
function withMargins(stretches: readonly Stretch[], margin: number, end: number): Stretch[] {
  return stretches.map(({ from, to }, at) => {
    const before = stretches[at - 1]?.to ?? -Infinity;
    const after = stretches[at + 1]?.from ?? Infinity;
    return {
      from: Math.max(0, from - margin, Math.ceil((from + before) / 2)),
      to: Math.min(end, to + margin, Math.floor((to + after) / 2)),
    };
  });
}
