import type { SampleRecord } from '../core/dataset.ts';
import { groupBy } from './group-by.ts';

/** Begins the group of samples that were tied because they are near duplicates. */
export const COPIES_GROUP = 'copies ';

/** Samples that must stay on one side of the split. */
export interface SampleGroup {
  readonly members: readonly SampleRecord[];
}

/**
 * Groups of samples: those joined, directly or through others, by an explicit group (a camera burst, a glyph), by
 * equal source bytes, or by equal stored bytes. The order depends on the pictures only, not on the order they came in.
 */
export function findGroups(samples: Iterable<SampleRecord>): SampleGroup[] {
  const ordered = [...samples].sort((a, b) => compare(a.sourceHash, b.sourceHash) || compare(a.id, b.id));
  const parent = ordered.map((_, i) => i);
  const root = (i: number): number => {
    let at = i;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] ?? at] ?? at;
      at = parent[at] ?? at;
    }
    return at;
  };
  const firstWith = new Map<string, number>();
  for (const [i, sample] of ordered.entries()) {
    const ties = [`source ${sample.sourceHash}`, `content ${sample.contentHash}`];
    if (sample.group !== undefined) ties.push(`group ${sample.group}`);
    for (const tie of ties) {
      const first = firstWith.get(tie);
      if (first === undefined) firstWith.set(tie, i);
      else {
        // The smaller index becomes the root, so that groups come out in the order of their first member.
        const [low, high] = [root(first), root(i)].sort((a, b) => a - b);
        if (low !== undefined && high !== undefined) parent[high] = low;
      }
    }
  }
  return [...groupBy(ordered.keys(), root).values()].map((members) => ({
    members: members.map((i) => ordered[i]).filter((sample) => sample !== undefined),
  }));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
