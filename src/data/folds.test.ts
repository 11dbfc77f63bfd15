import { expect, test } from 'vitest';
import type { SampleRecord } from '../core/dataset.ts';
import { createRng } from '../core/rng.ts';
import { sampleRecord } from '../testing/sample-record.ts';
import { dealFolds } from './folds.ts';
import { findGroups } from './groups.ts';

test('folds cover everything once, no group straddles, a class differs by at most its largest group, seeds repeat', () => {
  for (let seed = 0; seed < 100; seed++) {
    const rng = createRng(seed);
    const samples: SampleRecord[] = [];
    for (let c = 0; c < 1 + rng.below(4); c++) {
      for (let g = 0; g < 3 + rng.below(20); g++) {
        const size = rng.next() < 0.3 ? 1 + rng.below(8) : 1;
        for (let i = 0; i < size; i++)
          samples.push(sampleRecord(`${c}-${g}-${i}`, `c${c}`, { group: `g${c}-${g}` }));
      }
    }
    const folds = 2 + rng.below(8);
    const groups = findGroups(samples);
    const dealt = dealFolds(groups, folds, seed);
    expect(dealt.size).toBe(samples.length);
    expect([...dealt.values()].every((fold) => fold >= 0 && fold < folds)).toBe(true);
    for (const { members } of groups) expect(new Set(members.map(({ id }) => dealt.get(id))).size).toBe(1);
    for (const classId of new Set(samples.map((one) => one.classId))) {
      const own = groups.filter(({ members }) => members[0]!.classId === classId);
      const largest = Math.max(...own.map(({ members }) => members.length));
      const counts = Array.from(
        { length: folds },
        (_, fold) => samples.filter((one) => one.classId === classId && dealt.get(one.id) === fold).length,
      );
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(largest);
    }
    expect([...dealFolds(findGroups(samples.toReversed()), folds, seed)].sort()).toEqual([...dealt].sort());
  }
});
