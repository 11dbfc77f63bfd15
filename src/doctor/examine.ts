/** @file The examination of a data set of pictures: what is worth a second look, each finding with its samples. */
import type { DatasetState, SampleId, SampleRecord } from '../core/dataset.ts';
import type { DoctorFinding, DoctorReport } from '../core/doctor.ts';
import { labelDoubts, type OutOfFold } from './label-doubts.ts';
import { findNearDuplicates, type SearchOptions } from './near-duplicates.ts';

/** What is known of one sample. */
export interface Examined {
  readonly sample: SampleRecord;
  readonly look: {
    readonly tiny: Uint8Array;
    /** 0..1. */
    readonly brightness: number;
    readonly sharpness: number;
  };
}

/** Darker than this, little can be told apart even by a person. */
const DARK = 0.08;
/** Blurred: below this, and below a tenth of what is usual in the set: some things have no edges. */
const BLURRED = 25;
const BLURRED_SHARE = 0.1;
/** More doubts than this share of the set are no list to look through. */
const MOST_DOUBTS = 0.2;

/**
 * How samples look is asked of pictures only: what a spectrogram looks like says nothing of copies, blur or darkness.
 * @param outliers Samples that are unlike all others of their class.
 * @param outOfFold `null` where there are too few samples to compare labels.
 * @throws {EngineError} `cancelled`.
 */
export async function examine(
  dataset: DatasetState,
  examined: readonly Examined[],
  outOfFold: OutOfFold | null,
  outliers: readonly SampleId[],
  options: SearchOptions,
): Promise<DoctorReport> {
  const pictures = examined.filter(({ sample }) => sample.kind === 'picture');
  const clusters = await findNearDuplicates(
    pictures.map(({ look }) => look.tiny),
    options,
  );
  const groups = clusters.map((cluster) => cluster.flatMap((at) => pictures[at]?.sample ?? []));
  const oneClass = (group: readonly SampleRecord[]) =>
    group.every(({ classId }) => classId === group[0]?.classId);
  const idsOf = (group: readonly SampleRecord[]) => group.map(({ id }) => id);
  const conflicts = groups.filter((group) => !oneClass(group)).map(idsOf);
  const leaks = groups.filter((group) => oneClass(group) && isLeak(group)).map(idsOf);
  const copies = groups.filter((group) => oneClass(group) && !isLeak(group)).map(idsOf);
  const doubts =
    outOfFold === null ? [] : labelDoubts(outOfFold).slice(0, Math.ceil(MOST_DOUBTS * outOfFold.ids.length));
  const findings: DoctorFinding[] = [
    { kind: 'conflicts', groups: conflicts },
    { kind: 'leaks', groups: leaks },
    { kind: 'near-duplicates', groups: copies },
    { kind: 'labels', doubts },
    { kind: 'outliers', ids: outliers },
    { kind: 'blurred', ids: blurred(pictures) },
    {
      kind: 'dark',
      ids: pictures.filter(({ look }) => look.brightness < DARK).map(({ sample }) => sample.id),
    },
  ];
  return {
    revision: dataset.revision,
    examined: examined.length,
    findings: findings.filter((finding) => sizeOf(finding) > 0),
    labelsCompared: outOfFold !== null,
  };
}

/** Whether copies came on two sides of a split. */
function isLeak(group: readonly SampleRecord[]): boolean {
  return new Set(group.flatMap(({ given }) => given ?? [])).size > 1;
}

function blurred(examined: readonly Examined[]): SampleId[] {
  const sorted = examined.map(({ look }) => look.sharpness).sort((a, b) => a - b);
  const usual = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const limit = Math.min(BLURRED, BLURRED_SHARE * usual);
  return examined.filter(({ look }) => look.sharpness < limit).map(({ sample }) => sample.id);
}

function sizeOf(finding: DoctorFinding): number {
  switch (finding.kind) {
    case 'conflicts':
    case 'leaks':
    case 'near-duplicates':
      return finding.groups.length;
    case 'labels':
      return finding.doubts.length;
    case 'outliers':
    case 'blurred':
    case 'dark':
      return finding.ids.length;
  }
}
