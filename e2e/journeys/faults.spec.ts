/**
 * @file A fault of `npm run test:faults`. Those of runs are left to it: whether a run still goes at a drawn moment depends on
 * how quick the machine is.
 */
import { createRng } from '../../src/core/rng.ts';
import { disturbImports, killed } from '../faults/faults.ts';
import { tapEngine } from '../faults/tap.ts';
import { expect, test } from '../fixtures.ts';

const UNHARMED = { lostSamples: 0, lostRuns: 0, lossDifference: 0 };

test('pictures that were told to be in are there after the engine is killed among them', async ({
  graft,
  page,
}) => {
  await tapEngine(page);
  await graft.open();
  const tally = await disturbImports(graft, createRng(12), killed, { times: 2, pictures: 40 });
  expect(tally).toMatchObject({ ...UNHARMED, faults: 2 });
});
