import type { Interval } from '../core/evaluation.ts';
import { wilsonInterval } from './metrics.ts';

/** Two-sided 95 % quantiles of Student's t, for 1 to 9 degrees of freedom. */
const T_975 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/**
 * 95 % interval of the mean accuracy over the folds of one cross-validation. Folds share most of what they learn from,
 * so the plain interval is too narrow: the variance of the mean is taken as `s² (1/k + 1/(k - 1))`, the corrected
 * resampled t of Nadeau and Bengio 2003, "Inference for the Generalization Error" (Machine Learning 52), with a test part
 * of 1/(k - 1) of what is learned from. Where all folds agree that says nothing; then Wilson's interval of the pooled
 * answers is given.
 */
export function foldInterval(accuracies: readonly number[], correct: number, total: number): Interval {
  const k = accuracies.length;
  const mean = accuracies.reduce((sum, one) => sum + one, 0) / k;
  const variance = accuracies.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, k - 1);
  const t = T_975[k - 2];
  if (variance === 0 || t === undefined) return wilsonInterval(correct, total);
  const half = t * Math.sqrt(variance * (1 / k + 1 / (k - 1)));
  return { low: Math.max(0, mean - half), high: Math.min(1, mean + half) };
}
