import { expect, test } from 'vitest';
import type { DoctorFinding, SampleRecord } from '../../../src/index.ts';
import { leakedToTraining, presentFindings, straddling, surplus } from './doctor-report.ts';

const sample = (id: string, classId: string): SampleRecord => ({
  ...{ id, classId, name: `${id}.jpg`, width: 1, height: 1, contentHash: id, sourceHash: id },
  ...{ kind: 'picture' as const, source: 'file', addedAtMs: 0 },
});
const dataset = (...samples: readonly SampleRecord[]) => ({
  samples: new Map(samples.map((one) => [one.id, one])),
});

test('what was mended since is no finding any more', () => {
  const findings: DoctorFinding[] = [
    { kind: 'conflicts', groups: [['a', 'b']] },
    {
      kind: 'near-duplicates',
      groups: [
        ['c', 'd'],
        ['e', 'gone'],
      ],
    },
    { kind: 'labels', doubts: [{ id: 'f', suggested: 'dog', margin: 0.9 }] },
    { kind: 'dark', ids: ['gone'] },
  ];
  const before = dataset(
    sample('a', 'cat'),
    sample('b', 'dog'),
    ...['c', 'd', 'e', 'f'].map((id) => sample(id, 'cat')),
  );
  expect(presentFindings(findings, before)).toEqual([
    findings[0],
    { kind: 'near-duplicates', groups: [['c', 'd']] },
    findings[2],
  ]);
  const after = dataset(sample('a', 'cat'), sample('b', 'cat'), sample('f', 'dog'));
  expect(presentFindings(findings, after)).toEqual([]);
});

test('of each group one stays', () => {
  expect(
    surplus([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]),
  ).toEqual(['b', 'c', 'e']);
});

test('groups on several sides of the split, and what leaked into training', () => {
  const split = { train: ['a', 'b', 'c'], validation: [], test: ['d'] };
  const record = { ...split, settings: { validation: 0, test: 0.25, seed: 1 }, hash: 'x', groupedSamples: 0 };
  expect(
    straddling(
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
      record,
    ),
  ).toEqual([['c', 'd']]);
  const given = (id: string, side: 'train' | 'test') => ({ ...sample(id, 'cat'), given: side });
  const held = dataset(given('a', 'train'), given('b', 'test'), given('c', 'train'), sample('d', 'cat'));
  expect(leakedToTraining([['a', 'b', 'c', 'd']], held)).toEqual(['a', 'c']);
});
