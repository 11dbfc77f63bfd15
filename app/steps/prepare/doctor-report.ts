import type { ClassId, DatasetState, DoctorFinding, SampleId, SplitRecord } from '../../../src/index.ts';

/**
 * The findings as they are now: what was deleted or moved since is left out, and what is left of a group of one is no
 * group any more.
 */
export function presentFindings(
  findings: readonly DoctorFinding[],
  { samples }: Pick<DatasetState, 'samples'>,
): readonly DoctorFinding[] {
  const isThere = (id: SampleId) => samples.has(id);
  const classOf = (id: SampleId): ClassId | undefined => samples.get(id)?.classId;
  return findings
    .map((finding): DoctorFinding => {
      switch (finding.kind) {
        case 'conflicts':
        case 'leaks':
        case 'near-duplicates': {
          const groups = finding.groups
            .map((ids) => ids.filter(isThere))
            .filter((ids) => ids.length > 1)
            .filter((ids) => {
              const isConflict = new Set(ids.map(classOf)).size > 1;
              return isConflict === (finding.kind === 'conflicts');
            });
          return { ...finding, groups };
        }
        case 'labels':
          return {
            ...finding,
            doubts: finding.doubts.filter(({ id, suggested }) => isThere(id) && classOf(id) !== suggested),
          };
        case 'outliers':
        case 'blurred':
        case 'dark':
          return { ...finding, ids: finding.ids.filter(isThere) };
      }
    })
    .filter((finding) => findingSize(finding) > 0);
}

/** Pictures, groups or labels that a finding is about. */
export function findingSize(finding: DoctorFinding): number {
  if ('groups' in finding) return finding.groups.length;
  return 'doubts' in finding ? finding.doubts.length : finding.ids.length;
}

/** Of each group all but the first. */
export function surplus(groups: readonly (readonly SampleId[])[]): SampleId[] {
  return groups.flatMap((ids) => ids.slice(1));
}

/** Groups with members on several sides of the split. */
export function straddling(
  groups: readonly (readonly SampleId[])[],
  split: SplitRecord | null,
): readonly (readonly SampleId[])[] {
  if (split === null) return [];
  const sides = new Map(
    (['train', 'validation', 'test'] as const).flatMap((side) =>
      split[side].map((id) => [id, side] as const),
    ),
  );
  return groups.filter((ids) => new Set(ids.map((id) => sides.get(id))).size > 1);
}

/** Of each group, what came for training, where copies of it came for checking or the exam. */
export function leakedToTraining(
  groups: readonly (readonly SampleId[])[],
  { samples }: Pick<DatasetState, 'samples'>,
): SampleId[] {
  const given = (id: SampleId) => samples.get(id)?.given;
  return groups.flatMap((ids) => {
    const held = ids.some((id) => given(id) === 'test') ? 'test' : 'validation';
    return ids.filter((id) => given(id) !== held && given(id) !== undefined);
  });
}
