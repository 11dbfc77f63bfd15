import { expect, test } from 'vitest';
import type { DatasetState, SampleRecord } from '../core/dataset.ts';
import { createRng } from '../core/rng.ts';
import type { Rng } from '../core/rng.ts';
import type { SplitRecord, SplitSettings } from '../core/split.ts';
import { sampleRecord } from '../testing/sample-record.ts';
import { findGroups } from './groups.ts';
import { makeSplit } from './split.ts';

const SETTINGS: SplitSettings = { validation: 0.15, test: 0.15, seed: 7 };

function state(samples: SampleRecord[]): DatasetState {
  const classIds = [...new Set(samples.map(({ classId }) => classId))];
  return {
    revision: 1,
    classes: classIds.map((id) => ({ id, name: id })),
    samples: new Map(samples.map((item) => [item.id, item])),
  };
}

/** Classes of 1 to 60 pictures with bursts of 1 to 12 and, seldom, equal stored bytes. */
function randomSamples(rng: Rng, prefix: string, classes: number): SampleRecord[] {
  const samples: SampleRecord[] = [];
  for (let c = 0; c < classes; c++) {
    const size = 1 + rng.below(60);
    for (let i = 0; i < size;) {
      const burst = rng.next() < 0.3 ? 1 + rng.below(12) : 1;
      for (let k = 0; k < burst && i < size; k++, i++) {
        const group = burst > 1 ? { group: `${prefix}burst-${c}-${i - k}` } : {};
        const content = rng.next() < 0.03 ? { contentHash: `same-${c}` } : {};
        samples.push(sampleRecord(`${prefix}${c}-${i}`, `class-${c}`, { ...group, ...content }));
      }
    }
  }
  return samples;
}

const sideOf = (split: SplitRecord) =>
  new Map(
    (['train', 'validation', 'test'] as const).flatMap((side) =>
      split[side].map((id) => [id, side] as const),
    ),
  );

test('sides never meet, cover everything, no group straddles, strata are near their ideal', async () => {
  for (let seed = 0; seed < 200; seed++) {
    const rng = createRng(seed);
    const settings = { validation: rng.below(6) / 10, test: rng.below(6) / 10, seed };
    const capped = {
      ...settings,
      validation: Math.min(0.5, settings.validation),
      test: Math.min(0.5, settings.test),
    };
    const data = state(randomSamples(rng, '', 1 + rng.below(6)));
    const split = await makeSplit(data, capped);
    const sides = sideOf(split);
    const listed = split.train.length + split.validation.length + split.test.length;
    expect(sides.size).toBe(listed);
    expect(sides.size).toBe(data.samples.size);
    const groups = findGroups(data.samples.values());
    for (const { members } of groups) {
      expect(new Set(members.map(({ id }) => sides.get(id))).size).toBe(1);
    }
    for (const { id: classId } of data.classes) {
      const own = groups.filter(({ members }) => members[0]!.classId === classId);
      const total = own.reduce((n, { members }) => n + members.length, 0);
      const largest = Math.max(...own.map(({ members }) => members.length));
      const fractions = {
        validation: capped.validation,
        test: capped.test,
        train: 1 - capped.validation - capped.test,
      };
      for (const side of ['train', 'validation', 'test'] as const) {
        const got = own.flatMap(({ members }) => members).filter(({ id }) => sides.get(id) === side).length;
        expect(Math.abs(got - fractions[side] * total)).toBeLessThanOrEqual(largest + 1e-9);
        if (side === 'train') expect(got).toBeGreaterThan(0);
      }
    }
  }
});

test('the same data give the same hash in whatever order they came; another seed another split', async () => {
  const samples = randomSamples(createRng(5), '', 4);
  const first = await makeSplit(state(samples), SETTINGS);
  const classes = state(samples).classes;
  const again = await makeSplit({ ...state([...samples].reverse()), classes }, SETTINGS);
  expect(again).toEqual(first);
  const other = await makeSplit(state(samples), { ...SETTINGS, seed: 8 });
  expect(other.hash).not.toBe(first.hash);
});

test('adding samples moves no earlier one, and a new member follows its group', async () => {
  for (let seed = 0; seed < 100; seed++) {
    const rng = createRng(1_000 + seed);
    const old = randomSamples(rng, 'a', 3);
    const split = await makeSplit(state(old), SETTINGS);
    const before = sideOf(split);
    const grouped = old.find(({ group }) => group !== undefined);
    const joined =
      grouped === undefined ? [] : [sampleRecord('new', grouped.classId, { group: grouped.group! })];
    const data = state([...old, ...randomSamples(rng, 'b', 4), ...joined]);
    const after = sideOf(await makeSplit(data, SETTINGS, split));
    for (const [id, side] of before) expect(after.get(id)).toBe(side);
    if (grouped !== undefined) expect(after.get('new')).toBe(before.get(grouped.id));
  }
});

function groupsOf<T, K>(items: Iterable<T>, key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

/** Samples of four classes, tied into groups without regard to them: sources, speakers or patients across classes. */
function mixedSamples(rng: Rng, prefix: string, groups: number): SampleRecord[] {
  return Array.from({ length: 20 + rng.below(150) }, (_, i) => {
    const group = rng.next() < 0.4 ? { group: `source ${rng.below(groups)}` } : {};
    return sampleRecord(`${prefix}${i}`, `class-${rng.below(4)}`, group);
  });
}

test('groups across classes: each stratum is off its ideal by at most its largest group, and none straddles', async () => {
  for (let seed = 0; seed < 200; seed++) {
    const rng = createRng(5_000 + seed);
    const samples = mixedSamples(rng, 'm', 2 + rng.below(20));
    const settings = { validation: rng.below(5) / 10, test: rng.below(5) / 10, seed };
    const sides = sideOf(await makeSplit(state(samples), settings));
    expect(sides.size).toBe(samples.length);
    // Groups by their name alone, and the class that most of each are of: not by the code under test.
    const byGroup = groupsOf(samples, ({ group, id }) => group ?? id);
    const strata = groupsOf(byGroup.values(), (members) => {
      const counts = groupsOf(members, ({ classId }) => classId);
      const most = Math.max(...[...counts.values()].map(({ length }) => length));
      return [...counts].flatMap(([id, own]) => (own.length === most ? [id] : [])).sort()[0];
    });
    for (const members of byGroup.values())
      expect(new Set(members.map(({ id }) => sides.get(id))).size).toBe(1);
    const { validation, test: kept } = settings;
    for (const stratum of strata.values()) {
      const all = stratum.flat();
      const largest = Math.max(...stratum.map(({ length }) => length));
      for (const [side, share] of Object.entries({ validation, test: kept, train: 1 - validation - kept })) {
        const got = all.filter(({ id }) => sides.get(id) === side).length;
        expect(Math.abs(got - share * all.length)).toBeLessThanOrEqual(largest + 1e-9);
      }
    }
  }
});

test('adding samples to groups across classes moves no earlier one', async () => {
  for (let seed = 0; seed < 100; seed++) {
    const rng = createRng(9_000 + seed);
    const old = mixedSamples(rng, 'old', 12);
    const first = await makeSplit(state(old), SETTINGS);
    const grown = state([...old, ...mixedSamples(rng, 'new', 16)]);
    const after = sideOf(await makeSplit(grown, SETTINGS, first));
    for (const [id, side] of sideOf(first)) expect(after.get(id)).toBe(side);
    const sidesOfGroup = groupsOf(grown.samples.values(), ({ group, id }) => group ?? id);
    for (const members of sidesOfGroup.values())
      expect(new Set(members.map(({ id }) => after.get(id))).size).toBe(1);
  }
});

test.each([
  [1, { train: 1, validation: 0, test: 0 }],
  [2, { train: 1, validation: 0, test: 1 }],
  [3, { train: 2, validation: 0, test: 1 }],
  [4, { train: 3, validation: 0, test: 1 }],
  [5, { train: 3, validation: 1, test: 1 }],
  [100, { train: 70, validation: 15, test: 15 }],
])('a class of %i gives %o', async (size, expected) => {
  const data = state(Array.from({ length: size }, (_, i) => sampleRecord(`x${i}`, 'only')));
  const { train, validation, test: kept } = await makeSplit(data, SETTINGS);
  expect({ train: train.length, validation: validation.length, test: kept.length }).toEqual(expected);
});

test('an empty data set and a class without pictures are no error', async () => {
  const split = await makeSplit(
    { revision: 0, classes: [{ id: 'a', name: 'a' }], samples: new Map() },
    SETTINGS,
  );
  expect(split).toMatchObject({ train: [], validation: [], test: [], groupedSamples: 0 });
});

test('given sides are kept exactly; the rest is drawn', async () => {
  const data = state(Array.from({ length: 20 }, (_, i) => sampleRecord(`x${i}`, 'only')));
  const split = await makeSplit(data, SETTINGS, null, {
    x3: 'test',
    x4: 'test',
    x5: 'test',
    x6: 'validation',
  });
  expect(split.test).toEqual(['x3', 'x4', 'x5']);
  expect(split.validation).toContain('x6');
  expect(split.train).toHaveLength(14);
});

test('a new picture that ties groups of two sides joins the larger part, and moves none of them', async () => {
  const burst = ['a1', 'a2', 'a3'].map((id) => sampleRecord(id, 'c', { group: 'burst a' }));
  const old = [...burst, sampleRecord('b', 'c')];
  const first = await makeSplit(state(old), SETTINGS, null, {
    ...{ a1: 'train', a2: 'train', a3: 'train', b: 'test' },
  });
  const bridge = sampleRecord('bridge', 'c', { group: 'burst a', contentHash: 'c-b' });
  const sides = sideOf(await makeSplit(state([...old, bridge]), SETTINGS, first));
  expect(Object.fromEntries(sides)).toEqual({
    a1: 'train',
    a2: 'train',
    a3: 'train',
    b: 'test',
    bridge: 'train',
  });
});

test('where the two sides are equal it joins the exam, which then flatters by itself alone', async () => {
  const old = [sampleRecord('a', 'c'), sampleRecord('b', 'c')];
  const first = await makeSplit(state(old), SETTINGS, null, { a: 'train', b: 'test' });
  const bridge = sampleRecord('bridge', 'c', { sourceHash: 's-a', contentHash: 'c-b' });
  const sides = sideOf(await makeSplit(state([...old, bridge]), SETTINGS, first));
  expect(Object.fromEntries(sides)).toEqual({ a: 'train', b: 'test', bridge: 'test' });
});

test('200 classes and 10 000 pictures are split in a moment', async () => {
  const samples = Array.from({ length: 10_000 }, (_, i) => sampleRecord(`s${i}`, `class-${i % 200}`));
  const split = await makeSplit(state(samples), SETTINGS);
  // 50 each: 35 / 7.5 / 7.5.
  expect(split.train.length).toBeGreaterThanOrEqual(200 * 34);
  expect(split.test.length).toBeGreaterThanOrEqual(200 * 7);
});

test('sides that came with the data are kept; validation is drawn from what came for training if none came', async () => {
  for (let seed = 0; seed < 50; seed++) {
    const rng = createRng(seed);
    const withValidation = seed % 2 === 0;
    const sides = withValidation ? (['train', 'validation', 'test'] as const) : (['train', 'test'] as const);
    const samples = randomSamples(rng, '', 4).map((one, i) =>
      sampleRecord(one.id, one.classId, { given: sides[i % sides.length]! }),
    );
    const data = state(samples);
    const split = await makeSplit(data, { ...SETTINGS, seed });
    const given = (side: string) =>
      samples
        .filter((one) => one.given === side)
        .map(({ id }) => id)
        .sort();
    expect(split.test).toEqual(given('test'));
    if (withValidation) expect(split.validation).toEqual(given('validation'));
    else expect([...split.train, ...split.validation].sort()).toEqual(given('train'));
    if (!withValidation && samples.length > 60) expect(split.validation.length).toBeGreaterThan(0);
  }
});

test('a group that came on two sides keeps both; near duplicates that were tied are counted', async () => {
  const leaking = ['train', 'train', 'test'].map((given, i) =>
    sampleRecord(`x${i}`, 'c', { group: 'named p', given: given as 'train' }),
  );
  const copies = ['y0', 'y1', 'y2'].map((id) => sampleRecord(id, 'c', { group: 'copies y0' }));
  const split = await makeSplit(state([...leaking, ...copies]), SETTINGS);
  const sides = sideOf(split);
  expect(['x0', 'x1', 'x2'].map((id) => sides.get(id))).toEqual(['train', 'train', 'test']);
  expect(new Set(copies.map(({ id }) => sides.get(id))).size).toBe(1);
  expect([split.groupedSamples, split.nearDuplicates]).toEqual([6, 3]);
});
