/**
 * @file The data set as plain immutable values. The engine owns the truth and the page keeps a mirror; both move by
 * the same {@link DatasetPatch}, which holds what was there before and what is there after, so that undo is the
 * same patch read backwards.
 */
import type { SplitSide } from './split.ts';
import type { SampleKind } from './tasks.ts';

export type ClassId = string;
export type SampleId = string;

/** One label. The order of classes is the order of the model's outputs. */
export interface ClassRecord {
  readonly id: ClassId;
  readonly name: string;
}

/** One sample. What it is made of lives in the store under `contentHash`; this record never holds it. */
export interface SampleRecord {
  readonly id: SampleId;
  readonly classId: ClassId;
  readonly kind: SampleKind;
  /** The file's own name, shown as text only. */
  readonly name: string;
  /** Size of the stored picture, px; of a sound, of its small spectrogram. */
  readonly width: number;
  readonly height: number;
  /** SHA-256 of the stored bytes: the key of its blob. */
  readonly contentHash: string;
  /** SHA-256 of the bytes as they came: equal means exact duplicate. */
  readonly sourceHash: string;
  /** Samples of one group never straddle the split: a camera burst, one emoji glyph. Absent: a group of its own. */
  readonly group?: string;
  /** The side of the split that it came with: a folder, or a column of its table. */
  readonly given?: SplitSide;
  readonly source: 'file' | 'camera' | 'microphone' | 'sample-set';
  readonly addedAtMs: number;
}

/** The whole data set at one moment. `revision` grows by one with each patch. */
export interface DatasetState {
  readonly revision: number;
  readonly classes: readonly ClassRecord[];
  readonly samples: ReadonlyMap<SampleId, SampleRecord>;
}

/** What a person can do to the data set. */
export type DatasetEdit =
  | { readonly kind: 'add-class'; readonly name: string }
  | { readonly kind: 'rename-class'; readonly classId: ClassId; readonly name: string }
  | { readonly kind: 'merge-classes'; readonly from: ClassId; readonly into: ClassId }
  | { readonly kind: 'delete-class'; readonly classId: ClassId }
  | { readonly kind: 'move-samples'; readonly ids: readonly SampleId[]; readonly to: ClassId }
  | { readonly kind: 'delete-samples'; readonly ids: readonly SampleId[] }
  /** Ties samples so that the split keeps each of these groups on one side. */
  | { readonly kind: 'group-samples'; readonly groups: readonly (readonly SampleId[])[] };

/** A reversible change. */
export interface DatasetPatch {
  /** What the person did, for the undo button's label. */
  readonly kind: DatasetEdit['kind'] | 'add-samples' | 'replace';
  readonly classes?: { readonly before: readonly ClassRecord[]; readonly after: readonly ClassRecord[] };
  readonly samples: readonly {
    readonly id: SampleId;
    readonly before: SampleRecord | null;
    readonly after: SampleRecord | null;
  }[];
}

/**
 * What a change did to the steps that can be taken back: began one, went on with the last one (the batches of an import
 * are one step), took one back, or made it again.
 */
export type StepKind = 'do' | 'more' | 'undo' | 'redo';

/** One change as the journal holds it. */
export interface JournalStep {
  /** In the direction in which it was applied. */
  readonly patch: DatasetPatch;
  readonly does: StepKind;
}

export const EMPTY_DATASET: DatasetState = { revision: 0, classes: [], samples: new Map() };

/** The state after a patch. Pure; costs one copy of the sample map. */
export function applyPatch(state: DatasetState, patch: DatasetPatch): DatasetState {
  const samples = new Map(state.samples);
  for (const { id, after } of patch.samples) {
    if (after === null) samples.delete(id);
    else samples.set(id, after);
  }
  return { revision: state.revision + 1, classes: patch.classes?.after ?? state.classes, samples };
}

/** The patch that takes back another. */
export function invertPatch(patch: DatasetPatch): DatasetPatch {
  return {
    kind: patch.kind,
    ...(patch.classes && { classes: { before: patch.classes.after, after: patch.classes.before } }),
    samples: patch.samples.map(({ id, before, after }) => ({ id, before: after, after: before })),
  };
}
