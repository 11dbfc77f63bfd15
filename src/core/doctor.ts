/** @file What the doctor found in the data: each finding with the samples it is about, so that it can be mended. */
import type { ClassId, SampleId } from './dataset.ts';

/** A sample whose label the other samples contradict. */
export interface LabelDoubt {
  readonly id: SampleId;
  /** The class that the other samples speak for. */
  readonly suggested: ClassId;
  /** Probability of the suggested class less that of the given one, -1..1, by a head that did not see the sample. */
  readonly margin: number;
}

export type DoctorFinding =
  /** Copies of one picture on two sides of a split that came with the data. */
  | { readonly kind: 'leaks'; readonly groups: readonly (readonly SampleId[])[] }
  /** Copies that were resized, saved again, mirrored or cropped a little; each group is of one class. */
  | { readonly kind: 'near-duplicates'; readonly groups: readonly (readonly SampleId[])[] }
  /** The same picture in several classes. */
  | { readonly kind: 'conflicts'; readonly groups: readonly (readonly SampleId[])[] }
  /** The most doubtful first. */
  | { readonly kind: 'labels'; readonly doubts: readonly LabelDoubt[] }
  /** `outliers`: unlike all others of their class, the most unlike first. */
  | { readonly kind: 'outliers' | 'blurred' | 'dark'; readonly ids: readonly SampleId[] };

export interface DoctorReport {
  /** Revision of the data set that was examined. */
  readonly revision: number;
  readonly examined: number;
  readonly findings: readonly DoctorFinding[];
  /** Labels were compared too: that takes two classes with enough samples. */
  readonly labelsCompared: boolean;
}
