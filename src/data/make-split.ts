/**
 * @file The split that cannot leak. Whole groups are dealt out, never single samples, so near-identical pictures
 * never sit on both sides; every class is dealt out by itself, so that each side has its share of each class; and
 * the result is a record of ids, so that nothing later has to recompute it.
 */
import type { DatasetState, SampleId } from '../core/dataset.ts';
import { sha256 } from '../core/hash.ts';
import { createRng, deriveSeed, shuffled } from '../core/rng.ts';
import type { SplitRecord, SplitSettings, SplitSide } from '../core/split.ts';
import { compareText, groupsByClass, groupSamples, type SampleGroup } from './sample-groups.ts';

export interface SplitOptions {
  /** Ids that have a side keep it; only new samples are dealt out. */
  readonly previous?: SplitRecord | null;
  /** Sides that came with the data. They win over `previous` and over groups. */
  readonly sides?: Readonly<Record<SampleId, SplitSide>>;
}

/** In the order in which ties are settled. */
const SIDES: readonly SplitSide[] = ['train', 'test', 'validation'];

/** From this many groups of a class on, the class gets at least one of them on that side, however small the share. */
const GROUPS_FOR_TEST = 3;
const GROUPS_FOR_VALIDATION = 4;

/**
 * Deals the samples out to the three sides.
 *
 * Each class is off its ideal on each side by at most its largest group. A sample that joins an old group follows it.
 * A class of one group is only learned from; with three groups the test side gets one, with four validation too.
 */
export async function makeSplit(
  dataset: DatasetState,
  settings: SplitSettings,
  { previous = null, sides = {} }: SplitOptions = {},
): Promise<SplitRecord> {
  const groups = groupSamples(dataset);
  const sideOf = knownSides(dataset, previous, sides);
  const fresh: SampleGroup[] = [];
  for (const group of groups) {
    const known = followedSide(group, sideOf);
    if (known) for (const id of group.ids) sideOf.set(id, sideOf.get(id) ?? known);
    else fresh.push(group);
  }
  const taken = countTaken(groups, sideOf);
  const groupsOf = groupsByClass(groups);
  for (const [classId, dealt] of groupsByClass(fresh)) {
    const quota = classQuota(groupsOf.get(classId) ?? [], settings);
    const counts = taken.get(classId) ?? { train: 0, validation: 0, test: 0 };
    for (const [group, side] of dealOut(dealt, quota, counts, deriveSeed(settings.seed, classId))) {
      for (const id of group.ids) sideOf.set(id, side);
    }
  }
  return toRecord(dataset, settings, groups, sideOf);
}

type Counts = Record<SplitSide, number>;

function knownSides(
  dataset: DatasetState,
  previous: SplitRecord | null,
  fixed: Readonly<Record<SampleId, SplitSide>>,
): Map<SampleId, SplitSide> {
  const sideOf = new Map<SampleId, SplitSide>();
  if (previous) for (const side of SIDES) for (const id of previous[side]) sideOf.set(id, side);
  for (const [id, side] of Object.entries(fixed)) sideOf.set(id, side);
  for (const id of sideOf.keys()) if (!dataset.samples.has(id)) sideOf.delete(id);
  return sideOf;
}

/** Where most of a group's settled samples are; ties go to training, where a leak does no harm to the score. */
function followedSide(group: SampleGroup, sideOf: ReadonlyMap<SampleId, SplitSide>): SplitSide | null {
  const votes: Counts = { train: 0, validation: 0, test: 0 };
  for (const id of group.ids) {
    const side = sideOf.get(id);
    if (side) votes[side]++;
  }
  const best = SIDES.reduce((a, b) => (votes[b] > votes[a] ? b : a));
  return votes[best] > 0 ? best : null;
}

function countTaken(
  groups: readonly SampleGroup[],
  sideOf: ReadonlyMap<SampleId, SplitSide>,
): Map<string, Counts> {
  const taken = new Map<string, Counts>();
  for (const group of groups) {
    const counts = taken.get(group.classId) ?? { train: 0, validation: 0, test: 0 };
    for (const id of group.ids) {
      const side = sideOf.get(id);
      if (side) counts[side]++;
    }
    taken.set(group.classId, counts);
  }
  return taken;
}

/** How many samples of a class each side should have. */
function classQuota(groups: readonly SampleGroup[], settings: SplitSettings): Counts {
  const total = groups.reduce((sum, group) => sum + group.ids.length, 0);
  const share = (fraction: number, from: number) =>
    fraction > 0 && groups.length >= from ? Math.max(1, fraction * total) : fraction * total;
  const test = share(settings.test, GROUPS_FOR_TEST);
  const validation = share(settings.validation, GROUPS_FOR_VALIDATION);
  return { train: total - test - validation, validation, test };
}

/**
 * Gives each group to the side that lacks most, largest groups first, equal ones in random order. Then a side that
 * ends u short of its quota leaves the others at most (largest group - u) above theirs, so u <= 2/3 of the largest.
 */
function dealOut(
  groups: readonly SampleGroup[],
  quota: Readonly<Counts>,
  counts: Counts,
  seed: number,
): Map<SampleGroup, SplitSide> {
  const dealt = new Map<SampleGroup, SplitSide>();
  const order = shuffled(groups, createRng(seed)).sort((a, b) => b.ids.length - a.ids.length);
  for (const group of order) {
    const lacking = (side: SplitSide) => quota[side] - counts[side];
    const side =
      counts.train === 0 ? 'train' : SIDES.reduce((a, b) => (lacking(b) > lacking(a) + 1e-9 ? b : a));
    counts[side] += group.ids.length;
    dealt.set(group, side);
  }
  return dealt;
}

async function toRecord(
  dataset: DatasetState,
  settings: SplitSettings,
  groups: readonly SampleGroup[],
  sideOf: ReadonlyMap<SampleId, SplitSide>,
): Promise<SplitRecord> {
  const on = (side: SplitSide) =>
    [...dataset.samples.keys()].filter((id) => sideOf.get(id) === side).sort(compareText);
  const [train, validation, test] = [on('train'), on('validation'), on('test')];
  const labelled = [train, validation, test].map((ids) =>
    ids.map((id) => [id, dataset.samples.get(id)?.classId]),
  );
  return {
    settings,
    train,
    validation,
    test,
    hash: await sha256(JSON.stringify(labelled)),
    groupedSamples: groups.reduce((sum, { ids }) => sum + (ids.length > 1 ? ids.length : 0), 0),
  };
}
