import { describe, expect, it } from 'vitest';
import { decodeRun, encodeRun } from './run-weights.ts';

const run = {
  weights: {
    head: {
      featureSize: 2,
      classes: 3,
      weights: Float32Array.from([1, 2, 3, 4, 5, 6]),
      bias: Float32Array.from([7, 8, 9]),
    },
    cut: 4,
    trunk: new Map([['features.4/kernel', { shape: [2, 1], data: Float32Array.from([0.5, -0.5]) }]]),
  },
  seenIds: ['a', 'ü'],
};

describe('run weights', () => {
  it('come back bit for bit', async () => {
    expect(await decodeRun(await encodeRun(run))).toEqual(run);
    const headOnly = { ...run, weights: { ...run.weights, trunk: null } };
    expect(await decodeRun(await encodeRun(headOnly))).toEqual(headOnly);
  });

  it.each([0, 3, 4, 40, -1, -4])('are refused when cut at %i', async (end) => {
    const bytes = await encodeRun(run);
    await expect(decodeRun(bytes.slice(0, end))).rejects.toMatchObject({ code: 'project-damaged' });
  });

  it('are refused when one value changed', async () => {
    const bytes = await encodeRun(run);
    bytes[bytes.length - 2]! ^= 1;
    await expect(decodeRun(bytes)).rejects.toMatchObject({ code: 'project-damaged' });
  });

  it('are refused when a shape was tampered with', async () => {
    const text = new TextDecoder('latin1')
      .decode(await encodeRun(run))
      .replace('"shape":[2,3]', '"shape":[9,9]');
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    await expect(decodeRun(bytes)).rejects.toMatchObject({ code: 'project-damaged' });
  });
});
