/**
 * @file The split. It is drawn per class and in whole groups, then recorded by id; later calls extend the record and
 * never move a sample that already has a side.
 */
import type { DatasetState, SampleId, SampleRecord } from '../core/dataset.ts';
import { sha256 } from '../core/hash.ts';
import { createRng, deriveSeed, shuffled } from '../core/rng.ts';
import type { SplitRecord, SplitSettings, SplitSide } from '../core/split.ts';
import { groupBy } from './group-by.ts';
import { COPIES_GROUP, findGroups } from './groups.ts';
import type { SampleGroup } from './groups.ts';

/** In this order a tie is decided: a small class is tested before it is validated. */
const SIDES = ['test', 'train', 'validation'] as const satisfies readonly SplitSide[];

/** Up to this many groups, a class keeps its last one for the test even where the fractions would not. */
const SMALL_CLASS_GROUPS = 3;

type Sides = ReadonlyMap<SampleId, SplitSide>;

/**
 * A split of the data set: makes one, or extends `previous` by the samples that have no side yet.
 *
 * - Samples of one group ({@link findGroups}) share a side; a new member of an old group follows it.
 * - Each class is a stratum. Its groups are taken largest first (equal ones in seeded order), each to the side that
 *   is furthest below its ideal share. So a side is off its ideal by at most the largest group of the stratum.
 * - Small classes: training always gets a group; with two or three groups the last is kept for the test. A fraction
 *   of 0 keeps a side empty.
 * - `sides` fixes the side of exactly the ids it names.
 * - Samples that came with a side keep it, also where a group of theirs straddles (the doctor tells of that). Where
 *   nothing came for validation, that is drawn from what came for training, as is usual.
 * - A new sample that ties together groups already on different sides would leak a little wherever it went. It joins
 *   the side that holds most of them ({@link SIDES} decides a tie), and none of the earlier ones moves.
 *
 * The same pictures, class names, settings and `sides` give the same split. Cost: linear in samples, plus a sort.
 */
export async function makeSplit(
  state: DatasetState,
  settings: SplitSettings,
  previous: SplitRecord | null = null,
  sides: Readonly<Record<SampleId, SplitSide>> = {},
): Promise<SplitRecord> {
  const given = givenSides(state);
  const fixed: Sides = new Map([
    ...given.fixed,
    ...SIDES.flatMap((side) => (previous?.[side] ?? []).map((id) => [id, side] as const)),
    ...Object.entries(sides),
  ]);
  const groups = findGroups(state.samples.values());
  const names = new Map(state.classes.map(({ id, name }) => [id, name]));
  const lists: Record<SplitSide, SampleId[]> = { train: [], validation: [], test: [] };
  for (const [classId, stratum] of strataOf(groups)) {
    const seed = deriveSeed(settings.seed, names.get(classId) ?? classId);
    for (const [id, side] of drawStratum(stratum, { ...settings, seed }, { fixed, learned: given.learned }))
      lists[side].push(id);
  }
  for (const side of SIDES) lists[side].sort();
  const groupedSamples = groups.reduce((n, { members }) => n + (members.length > 1 ? members.length : 0), 0);
  return {
    ...{ settings, ...lists, hash: await splitHash(lists, state), groupedSamples },
    nearDuplicates: groups.reduce((n, { members }) => n + (isOfCopies(members) ? members.length : 0), 0),
  };
}

function isOfCopies(members: readonly SampleRecord[]): boolean {
  return members.length > 1 && members.some(({ group }) => group?.startsWith(COPIES_GROUP));
}

/** What came with a side: fixed ones, and those that may be learned from or checked on, but not asked about. */
interface Given {
  readonly fixed: Sides;
  readonly learned: ReadonlySet<SampleId>;
}

function givenSides({ samples }: DatasetState): Given {
  const all = [...samples.values()].filter(({ given }) => given !== undefined);
  const hasValidation = all.some(({ given }) => given === 'validation');
  const isOpen = ({ given }: SampleRecord) => given === 'train' && !hasValidation;
  const fixed = all.flatMap((one) =>
    one.given === undefined || isOpen(one) ? [] : [[one.id, one.given] as const],
  );
  return { fixed: new Map(fixed), learned: new Set(all.filter(isOpen).map(({ id }) => id)) };
}

function drawStratum(
  groups: readonly SampleGroup[],
  settings: SplitSettings,
  { fixed, learned }: Given,
): Sides {
  const drawn = new Map<SampleId, SplitSide>();
  const count: Record<SplitSide, number> = { train: 0, validation: 0, test: 0 };
  const place = (members: readonly SampleRecord[], side: SplitSide) => {
    for (const { id } of members) drawn.set(id, side);
    count[side] += members.length;
  };
  const open: SampleGroup[] = [];
  for (const group of groups) {
    const known = groupBy(group.members, ({ id }) => fixed.get(id));
    const newcomers = known.get(undefined) ?? [];
    known.delete(undefined);
    for (const [side, members] of known) if (side !== undefined) place(members, side);
    const membersOn = (side: SplitSide) => known.get(side)?.length ?? 0;
    const [side] = SIDES.filter((each) => known.has(each)).sort((a, b) => membersOn(b) - membersOn(a));
    if (side === undefined) open.push(group);
    else {
      const isKept = ({ id }: SampleRecord) => side === 'test' && learned.has(id);
      place(newcomers.filter(isKept), 'train');
      place(
        newcomers.filter((one) => !isKept(one)),
        side,
      );
    }
  }
  const total = groups.reduce((n, { members }) => n + members.length, 0);
  // Where the exam came with the data, the rest is shared between the other two in their proportion.
  const isExamGiven = groups.some(({ members }) => members.some(({ id }) => learned.has(id)));
  const test = isExamGiven ? count.test : settings.test * total;
  const rest = total - test;
  const validation = (settings.validation / (1 - settings.test)) * rest;
  const ideal: Record<SplitSide, number> = { test, validation, train: rest - validation };
  const order = shuffled(open, createRng(settings.seed)).sort((a, b) => b.members.length - a.members.length);
  for (const [i, group] of order.entries()) {
    const isLast = i === order.length - 1;
    const sides = SIDES.filter((side) => side !== 'test' || !group.members.some(({ id }) => learned.has(id)));
    if (count.train === 0) place(group.members, 'train');
    else if (!sides.includes('test')) place(group.members, furthestBelow(ideal, count, sides));
    else if (isLast && groups.length <= SMALL_CLASS_GROUPS && count.test === 0 && settings.test > 0) {
      place(group.members, 'test');
    } else place(group.members, furthestBelow(ideal, count, sides));
  }
  return drawn;
}

function furthestBelow(
  ideal: Record<SplitSide, number>,
  count: Record<SplitSide, number>,
  sides: readonly SplitSide[],
): SplitSide {
  let best: SplitSide = 'train';
  let deficit = -Infinity;
  for (const side of sides) {
    if (ideal[side] > 0 && ideal[side] - count[side] > deficit) {
      best = side;
      deficit = ideal[side] - count[side];
    }
  }
  return best;
}

/** Groups by class: that of most of their members, the first in order of ids where two are equal. */
function strataOf(groups: readonly SampleGroup[]): Map<string, SampleGroup[]> {
  return groupBy(groups, ({ members }) => {
    const byClass = [...groupBy(members, ({ classId }) => classId)];
    byClass.sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
    return byClass[0]?.[0] ?? '';
  });
}

/** SHA-256 over one line per id: side, id, label; sides and ids in order. */
async function splitHash(
  lists: Readonly<Record<SplitSide, readonly SampleId[]>>,
  { samples }: DatasetState,
): Promise<string> {
  const lines = SIDES.flatMap((side) =>
    lists[side].map((id) => `${side}\t${id}\t${samples.get(id)?.classId ?? ''}`),
  );
  return sha256(lines.join('\n'));
}
