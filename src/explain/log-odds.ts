/**
 * How much speaks for a class: its logit above that of all others together, of which the logistic function is its
 * probability. Unlike the probability it still moves where a model is as good as certain.
 */
export function logOdds(logits: ArrayLike<number>, label: number): number {
  const others = Array.from(logits).filter((_, at) => at !== label);
  const largest = Math.max(...others);
  const sum = others.reduce((all, one) => all + Math.exp(one - largest), 0);
  return (logits[label] ?? 0) - largest - Math.log(sum);
}
