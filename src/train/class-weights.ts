/**
 * One weight per class, inversely proportional to its frequency, so that a small class counts as much as a large
 * one: `n / (k * count)` over the k classes that have samples, which makes the mean weight of the samples 1. A class
 * without samples weighs 0. Source: King and Zeng, 2001; the `balanced` mode of scikit-learn.
 */
export function inverseFrequencyWeights(labels: ArrayLike<number>, classes: number): Float64Array {
  const counts = new Float64Array(classes);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? 0;
    counts[label] = (counts[label] ?? 0) + 1;
  }
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count > 0 ? labels.length / (present * count) : 0));
}
