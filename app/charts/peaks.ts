/** The largest deviation from silence in so many equal stretches of a sound, 0..1 each. */
export function peaksOf(samples: Float32Array, stretches: number): number[] {
  return Array.from({ length: stretches }, (_, at) => {
    const from = Math.floor((at * samples.length) / stretches);
    const to = Math.max(from + 1, Math.floor(((at + 1) * samples.length) / stretches));
    let peak = 0;
    for (let i = from; i < to; i++) peak = Math.max(peak, Math.abs(samples[i] ?? 0));
    return Math.min(1, peak);
  });
}
