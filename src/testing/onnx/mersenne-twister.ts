/**
 * Numbers in [0, 1) as numpy's `random.seed(seed); random.uniform()` draws them: what is expected of the node tests of
 * Dropout was computed with them.
 * Source: Matsumoto and Nishimura 1998, "Mersenne Twister"; the start from one seed and the 53 bits are of its 2002 version.
 */
export function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(624);
  state[0] = seed;
  for (let i = 1; i < 624; i++) {
    const last = state[i - 1] as number;
    state[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
  }
  let at = 624;
  const refill = () => {
    for (let i = 0; i < 624; i++) {
      const joined = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % 624] as number) & 0x7fffffff);
      state[i] = (state[(i + 397) % 624] as number) ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
    }
    at = 0;
  };
  const word = () => {
    if (at === 624) refill();
    let x = state[at++] as number;
    x ^= x >>> 11;
    x ^= (x << 7) & 0x9d2c5680;
    x ^= (x << 15) & 0xefc60000;
    return (x ^ (x >>> 18)) >>> 0;
  };
  return () => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
}
