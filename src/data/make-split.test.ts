import { describe, expect, test } from 'vitest';
import type { DatasetState, SampleRecord } from '../core/dataset.ts';
import { createRng, type Rng } from '../core/rng.ts';
import type { SplitRecord, SplitSettings, SplitSide } from '../core/split.ts';
import { makeSplit } from './make-split.ts';
import { groupsByClass, groupSamples } from './sample-groups.ts';

const SETTINGS: SplitSettings = { validation: 0.15, test: 0.15, seed: 7 };

function sample(id: string, classId: string, more: Partial<SampleRecord> = {}): SampleRecord {
  return {
    id,
    classId,
    name: id,
    width: 8,
    height: 8,
    contentHash: id,
    sourceHash: id,
    source: 'file',
    addedAtMs: 0,
    ...more,
  };
}

function dataset(samples: readonly SampleRecord[]): DatasetState {
  const classes = [...new Set(samples.map((s) => s.classId))].map((id) => ({ id, name: id }));
  return { revision: 1, classes, samples: new Map(samples.map((s) => [s.id, s])) };
}

/** Random classes, bursts and duplicates. */
function randomSamples(rng: Rng, prefix = 's'): SampleRecord[] {
  const count = 1 + rng.below(200);
  const classes = 1 + rng.below(6);
  const bursts = 1 + rng.below(40);
  return Array.from({ length: count }, (_, i) => {
    const classId = `c${rng.below(classes)}`;
    const burst = rng.next() < 0.5 ? { group: `${classId}-b${rng.below(bursts)}` } : {};
    const twin = rng.next() < 0.1 ? { sourceHash: `${classId}-twin${rng.below(5)}` } : {};
    return sample(`${prefix}${i}`, classId, { ...burst, ...twin });
  });
}

const sideOf = (split: SplitRecord, id: string): SplitSide | undefined =>
  (['train', 'validation', 'test'] as const).find((side) => split[side].includes(id));

describe('over random data sets', () => {
  const seeds = Array.from({ length: 60 }, (_, i) => i);

  test('every sample is on exactly one side and no group straddles', async () => {
    for (const seed of seeds) {
      const state = dataset(randomSamples(createRng(seed)));
      const split = await makeSplit(state, SETTINGS);
      const all = [...split.train, ...split.validation, ...split.test];
      expect(all.length).toBe(state.samples.size);
      expect(new Set(all).size).toBe(state.samples.size);
      for (const group of groupSamples(state)) {
        expect(new Set(group.ids.map((id) => sideOf(split, id))).size).toBe(1);
      }
    }
  });

  test('each class is off its ideal by at most its largest group', async () => {
    for (const seed of seeds) {
      const state = dataset(randomSamples(createRng(seed)));
      const split = await makeSplit(state, SETTINGS);
      for (const [, groups] of groupsByClass(groupSamples(state))) {
        const ids = groups.flatMap((g) => g.ids);
        const largest = Math.max(...groups.map((g) => g.ids.length));
        for (const side of ['validation', 'test'] as const) {
          const count = ids.filter((id) => sideOf(split, id) === side).length;
          expect(Math.abs(count - SETTINGS[side] * ids.length)).toBeLessThanOrEqual(largest);
        }
      }
    }
  });

  test('the same seed gives the same hash, whatever the order; another seed gives another', async () => {
    const samples = randomSamples(createRng(11));
    const one = await makeSplit(dataset(samples), SETTINGS);
    const other = await makeSplit(dataset([...samples].reverse()), SETTINGS);
    expect(other.hash).toBe(one.hash);
    expect((await makeSplit(dataset(samples), { ...SETTINGS, seed: 8 })).hash).not.toBe(one.hash);
  });

  test('adding samples moves no earlier sample', async () => {
    for (const seed of seeds) {
      const rng = createRng(seed);
      const before = randomSamples(rng);
      const first = await makeSplit(dataset(before), SETTINGS);
      const state = dataset([...before, ...randomSamples(rng, 'new')]);
      const second = await makeSplit(state, SETTINGS, { previous: first });
      for (const { id } of before) expect(sideOf(second, id)).toBe(sideOf(first, id));
      expect(second.train.length + second.validation.length + second.test.length).toBe(state.samples.size);
    }
  });
});

test('a new picture of an old burst follows the burst', async () => {
  const burst = Array.from({ length: 4 }, (_, i) => sample(`b${i}`, 'c', { group: 'burst' }));
  const singles = Array.from({ length: 30 }, (_, i) => sample(`s${i}`, 'c'));
  const first = await makeSplit(dataset([...burst, ...singles]), SETTINGS);
  const late = sample('late', 'c', { group: 'burst' });
  const second = await makeSplit(dataset([...burst, ...singles, late]), SETTINGS, { previous: first });
  expect(sideOf(second, 'late')).toBe(sideOf(first, 'b0'));
  expect(second.groupedSamples).toBe(5);
});

test.each([
  [1, { train: 1, validation: 0, test: 0 }],
  [2, { train: 2, validation: 0, test: 0 }],
  [3, { train: 2, validation: 0, test: 1 }],
  [4, { train: 2, validation: 1, test: 1 }],
  [20, { train: 14, validation: 3, test: 3 }],
])('a class of %i pictures is dealt out sensibly', async (count, expected) => {
  const split = await makeSplit(
    dataset(Array.from({ length: count }, (_, i) => sample(`s${i}`, 'c'))),
    SETTINGS,
  );
  const { train, validation, test } = split;
  expect({ train: train.length, validation: validation.length, test: test.length }).toEqual(expected);
});

test('given sides win, the rest is dealt out', async () => {
  const samples = Array.from({ length: 20 }, (_, i) => sample(`s${i}`, 'c'));
  const sides = Object.fromEntries(
    samples.slice(0, 15).map((s, i) => [s.id, i < 10 ? 'train' : 'test'] as const),
  );
  const split = await makeSplit(dataset(samples), SETTINGS, { sides });
  for (const [id, side] of Object.entries(sides)) expect(sideOf(split, id)).toBe(side);
  // Five are left; training lacks four and validation three, so they share as three and two.
  expect([split.train.length, split.validation.length]).toEqual([13, 2]);
});

test('something is always left to learn from', async () => {
  const split = await makeSplit(dataset([sample('a', 'c'), sample('b', 'c')]), {
    validation: 0.5,
    test: 0.5,
    seed: 1,
  });
  expect(split.train.length).toBeGreaterThan(0);
});

test('an empty data set has an empty split', async () => {
  const split = await makeSplit(dataset([]), SETTINGS);
  expect([split.train, split.validation, split.test]).toEqual([[], [], []]);
});
