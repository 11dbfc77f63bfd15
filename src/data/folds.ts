/** @file Folds for cross-validation: whole groups, each class spread evenly. */
import type { SampleRecord } from '../core/dataset.ts';
import { createRng, deriveSeed, shuffled } from '../core/rng.ts';
import { groupBy } from './group-by.ts';
import type { SampleGroup } from './groups.ts';

/**
 * The fold of each sample, 0 to `folds` - 1. Members of a group share one. The groups of a class (that of most of their
 * members) are taken largest first, equal ones in seeded order, each to the fold that has the fewest of that class, of
 * equal ones to the smallest. So no fold is off by more than the largest group of a class, and the same groups and seed
 * give the same folds. Ids of classes are drawn, so it is their names (`nameOf`) that the order is drawn from.
 */
export function dealFolds(
  groups: readonly SampleGroup[],
  folds: number,
  seed: number,
  nameOf: (classId: string) => string = (classId) => classId,
): ReadonlyMap<string, number> {
  const fold = new Map<string, number>();
  const sizes = Array.from({ length: folds }, () => 0);
  for (const [classId, own] of groupBy(groups, ({ members }) => mostOf(members))) {
    const counts = Array.from({ length: folds }, () => 0);
    const order = shuffled(own, createRng(deriveSeed(seed, nameOf(classId))));
    order.sort((a, b) => b.members.length - a.members.length);
    for (const { members } of order) {
      let to = 0;
      for (let i = 1; i < folds; i++) {
        const fewer = (counts[i] ?? 0) - (counts[to] ?? 0);
        if (fewer < 0 || (fewer === 0 && (sizes[i] ?? 0) < (sizes[to] ?? 0))) to = i;
      }
      for (const { id } of members) fold.set(id, to);
      counts[to] = (counts[to] ?? 0) + members.length;
      sizes[to] = (sizes[to] ?? 0) + members.length;
    }
  }
  return fold;
}

function mostOf(members: readonly SampleRecord[]): string {
  const byClass = [...groupBy(members, ({ classId }) => classId)];
  byClass.sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  return byClass[0]?.[0] ?? '';
}
