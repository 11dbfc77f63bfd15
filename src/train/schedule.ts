/**
 * The factor on every learning rate at a step: a linear warm-up to 1, then half a cosine down to 0.
 * `step` counts from 0; the first step is never 0, so that it is not wasted.
 * Source: Loshchilov and Hutter, SGDR, 2017 (cosine without restarts); Goyal et al., 2017 (linear warm-up).
 */
export function scheduleFactor(step: number, totalSteps: number, warmup: number): number {
  const warmupSteps = Math.floor(totalSteps * warmup);
  if (step < warmupSteps) return (step + 1) / warmupSteps;
  const progress = (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
  return 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)));
}
