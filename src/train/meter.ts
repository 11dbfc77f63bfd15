/** Speed of a run, told at most ten times a second. */
export interface Meter {
  /** Counts a step; returns the rate if it is time to tell it. */
  tick(step: number): { readonly stepsPerSecond?: number; readonly remainingMs?: number } | null;
}

const TELL_EVERY_MS = 100;
/** The first steps warm caches up and would make the estimate too long. */
const STEPS_BEFORE_ESTIMATE = 3;

export function createMeter(totalSteps: number, now: () => number = () => performance.now()): Meter {
  let firstMs = 0;
  let firstStep = 0;
  let counted = 0;
  let toldMs = -Infinity;
  return {
    tick(step) {
      const ms = now();
      counted++;
      if (counted === STEPS_BEFORE_ESTIMATE) {
        firstMs = ms;
        firstStep = step;
      }
      if (ms - toldMs < TELL_EVERY_MS) return null;
      toldMs = ms;
      if (counted <= STEPS_BEFORE_ESTIMATE || ms === firstMs) return {};
      const stepsPerSecond = ((step - firstStep) / (ms - firstMs)) * 1000;
      return { stepsPerSecond, remainingMs: ((totalSteps - step) / stepsPerSecond) * 1000 };
    },
  };
}
