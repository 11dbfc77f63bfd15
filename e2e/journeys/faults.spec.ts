/** @file A few of the faults of `npm run test:faults`. Their moments are drawn from a fixed seed. */
import { createRng } from '../../src/core/rng.ts';
import {
  createSubject,
  cut,
  diskFilled,
  disturbImports,
  disturbRuns,
  killed,
  reloaded,
} from '../faults/faults.ts';
import { tapEngine } from '../faults/tap.ts';
import { expect, test } from '../fixtures.ts';

const UNHARMED = { lostSamples: 0, lostRuns: 0, lossDifference: 0 };

test('a run that is killed, reloaded, out of room and robbed of a checkpoint ends as one that was left alone', async ({
  graft,
  page,
  pictureFolder,
}) => {
  test.setTimeout(240_000);
  await tapEngine(page);
  await graft.open();
  const subject = await createSubject(graft, {
    folder: await pictureFolder(2, 12),
    samples: 24,
    epochs: 60,
    seed: 11,
  });
  const harms = [killed, reloaded, diskFilled(), cut];
  let next = 0;
  const each: typeof killed = (page_, rng) => (harms[next++ % harms.length] ?? killed)(page_, rng);
  expect(await disturbRuns(subject, each, harms.length)).toMatchObject({ ...UNHARMED, faults: harms.length });
});

test('pictures that were told to be in are there after the engine is killed among them', async ({
  graft,
  page,
}) => {
  await tapEngine(page);
  await graft.open();
  const tally = await disturbImports(graft, createRng(12), killed, { times: 2, pictures: 40 });
  expect(tally).toMatchObject({ ...UNHARMED, faults: 2 });
});
