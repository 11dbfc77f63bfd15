import type { ClassId, DatasetState, SampleId, SampleRecord } from '../core/dataset.ts';

/** Samples that must sit on one side of a split: a burst, one glyph, exact duplicates. */
export interface SampleGroup {
  /** Smallest id of the group: does not depend on the order in which samples came. */
  readonly key: SampleId;
  readonly ids: readonly SampleId[];
  /** The class of most of its samples; ties go to the class that comes first by id. */
  readonly classId: ClassId;
}

/**
 * Joins samples that share a group name, stored bytes or source bytes, transitively (union-find).
 * Groups come sorted by key.
 */
export function groupSamples(dataset: DatasetState): SampleGroup[] {
  const parent = new Map<SampleId, SampleId>();
  const find = (id: SampleId): SampleId => {
    let root = id;
    for (let up = parent.get(root); up !== undefined && up !== root; up = parent.get(root)) root = up;
    parent.set(id, root);
    return root;
  };
  const firstWith = new Map<string, SampleId>();
  for (const sample of dataset.samples.values()) {
    parent.set(sample.id, sample.id);
    for (const bond of bonds(sample)) {
      const other = firstWith.get(bond);
      if (other === undefined) firstWith.set(bond, sample.id);
      else parent.set(find(sample.id), find(other));
    }
  }
  const members = new Map<SampleId, SampleRecord[]>();
  for (const sample of dataset.samples.values()) {
    const root = find(sample.id);
    const group = members.get(root);
    if (group) group.push(sample);
    else members.set(root, [sample]);
  }
  return [...members.values()].map(toGroup).sort((a, b) => compareText(a.key, b.key));
}

/** Order of texts by code units: the same on every machine, unlike a locale's. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The groups of each class, by class id. */
export function groupsByClass(groups: readonly SampleGroup[]): Map<ClassId, SampleGroup[]> {
  const byClass = new Map<ClassId, SampleGroup[]>();
  for (const group of groups) {
    const list = byClass.get(group.classId);
    if (list) list.push(group);
    else byClass.set(group.classId, [group]);
  }
  return byClass;
}

function bonds(sample: SampleRecord): string[] {
  const shared = [`content ${sample.contentHash}`, `source ${sample.sourceHash}`];
  return sample.group === undefined ? shared : [`group ${sample.group}`, ...shared];
}

function toGroup(samples: readonly SampleRecord[]): SampleGroup {
  const ids = samples.map((sample) => sample.id).sort(compareText);
  const votes = new Map<ClassId, number>();
  for (const { classId } of samples) votes.set(classId, (votes.get(classId) ?? 0) + 1);
  const [winner] = [...votes].sort(([a, m], [b, n]) => n - m || compareText(a, b));
  return { key: ids[0] ?? '', ids, classId: winner?.[0] ?? '' };
}
