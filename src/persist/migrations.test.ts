import { expect, test } from 'vitest';
import { ALL_WEIGHTS } from '../core/train-settings.ts';
import { MIGRATIONS } from './migrations.ts';
import { parseProject } from './project-record.ts';
import version1 from './records/project-v1.json';
import version2 from './records/project-v2.json';

test('there is a file of every earlier version', () => {
  expect([version1, version2].map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
});

test('version 1: every weight of the open blocks learned', () => {
  const { settings, runs, dataset } = parseProject(JSON.stringify(version1));
  expect(settings.train.tuning).toEqual(ALL_WEIGHTS);
  expect(runs.map((run) => [run.settings.open, run.settings.tuning])).toEqual([
    [{ kind: 'last', blocks: 3 }, ALL_WEIGHTS],
  ]);
  expect(dataset.samples.size).toBe(2);
});

test('version 2: every sample was a picture', () => {
  for (const earlier of [version1, version2]) {
    const { dataset } = parseProject(JSON.stringify(earlier));
    expect([...dataset.samples.values()].map(({ kind }) => kind)).toEqual(['picture', 'picture']);
  }
});

test('before openings were counted, each kept result on the test set was one', () => {
  const result = (runId: string, side: string) => ({
    ...{ runId, side, splitHash: version2.split.hash, classIds: ['c1', 'c2'], evaluatedAtMs: 4 },
    ...{ total: 0, correct: 0, accuracy: 0, accuracyInterval: { low: 0, high: 1 }, macroF1: 0 },
    ...{ confusion: [], perClass: [], predictions: [] },
  });
  const open = (change: object) => parseProject(JSON.stringify({ ...version2, ...change })).openings;
  expect(open({})).toEqual([]);
  const reports = [result('r1', 'test'), result('r2', 'validation'), result('r3', 'test')];
  expect(open({ reports })).toEqual(
    ['r1', 'r3'].map((runId) => ({ runId, splitHash: version2.split.hash, atMs: 4 })),
  );
  // What was counted is not counted again.
  const counted = [{ runId: 'r9', splitHash: 'a', atMs: 1 }];
  expect(open({ reports, openings: counted })).toEqual(counted);
});

test('a damaged record of version 1 is refused, not repaired', () => {
  for (const runs of [null, 7, [null], [{ settings: 3 }]])
    expect(() => parseProject(JSON.stringify({ ...version1, runs }))).toThrow(/damaged/i);
});
