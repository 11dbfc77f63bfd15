import { expect, test } from 'vitest';
import { ALL_WEIGHTS } from '../core/train-settings.ts';
import { MIGRATIONS } from './migrations.ts';
import { parseProject } from './project-record.ts';
import version1 from './records/project-v1.json';

test('there is a file of every earlier version', () => {
  expect([version1].map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
});

test('version 1: every weight of the open blocks learned', () => {
  const { settings, runs, dataset } = parseProject(JSON.stringify(version1));
  expect(settings.train.tuning).toEqual(ALL_WEIGHTS);
  expect(runs.map((run) => [run.settings.open, run.settings.tuning])).toEqual([
    [{ kind: 'last', blocks: 3 }, ALL_WEIGHTS],
  ]);
  expect(dataset.samples.size).toBe(2);
});

test('a damaged record of version 1 is refused, not repaired', () => {
  for (const runs of [null, 7, [null], [{ settings: 3 }]])
    expect(() => parseProject(JSON.stringify({ ...version1, runs }))).toThrow(/damaged/i);
});
