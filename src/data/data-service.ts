/** @file The contract of the data layer: what the rows `data.*` of the engine's table of calls need. */
import type { DatasetState, JournalStep } from '../core/dataset.ts';
import type { SampleId } from '../core/dataset.ts';
import type { CallContext, CallKind, CallParams, CallResult, DatasetChange } from '../core/engine-api.ts';
import type { BitmapReader, InputSource, PixelSource } from '../core/pixel-source.ts';
import type { UndoState } from '../core/project.ts';
import type { SplitRecord } from '../core/split.ts';
import type { InputValues, TrunkInput } from '../core/trunk-input.ts';
import type { PictureLook } from './decode/look.ts';

/** Where stored pictures live: the part of a blob store that this folder needs. */
export interface PictureStore {
  read(path: string): Promise<Blob | null>;
  /** @throws {EngineError} `quota`. */
  write(path: string, bytes: Uint8Array<ArrayBuffer> | Blob): Promise<void>;
}

/** Keeps what the data layer decides. Awaited before a change is told to anybody, so what was told survives. */
export interface DatasetKeeper {
  /** `change.revision` is the revision after the patch. @throws {EngineError} `quota`: the change is not made. */
  keepStep(step: JournalStep, revision: number): Promise<void>;
  keepSplit(split: SplitRecord): Promise<void>;
}

type Method<K extends CallKind> = (params: CallParams<K>, context: CallContext<K>) => Promise<CallResult<K>>;

/**
 * The data set of the open project. Methods named like the rows of the call table take what a handler takes.
 * Changes are made one after another, whoever asks; each is kept before it is told.
 */
export interface DataService {
  /** The truth at this moment. */
  dataset(): DatasetState;
  split(): SplitRecord | null;
  undoState(): UndoState;
  /** What trunks take of samples, for training and evaluation. */
  readonly pixels: PixelSource & BitmapReader & InputSource;
  /** What a picture looks like in a few numbers; `null` where it is gone. */
  look(id: SampleId, signal: AbortSignal): Promise<PictureLook | null>;
  /** What a trunk takes of a file of the person's, with the checks of an import. */
  readInput(file: Blob, input: TrunkInput, signal: AbortSignal): Promise<InputValues>;
  /** Takes over an opened project, with the changes that can be taken back, and ends what is running. */
  replace(dataset: DatasetState, split: SplitRecord | null, history?: readonly JournalStep[]): void;

  preview: Method<'data.preview'>;
  import: Method<'data.import'>;
  sampleSet: Method<'data.sampleSet'>;
  capture: Method<'data.capture'>;
  record: Method<'data.record'>;
  soundDecoder: Method<'data.soundDecoder'>;
  edit: Method<'data.edit'>;
  undo: Method<'data.undo'>;
  redo: Method<'data.redo'>;
  thumbnails: Method<'data.thumbnails'>;
  picture: Method<'data.picture'>;
  makeSplit: Method<'data.split'>;
  save: Method<'data.save'>;
  augmentPreview: Method<'data.augmentPreview'>;

  /** Every change, whichever call made it (the instant head marks itself stale). Returns the unsubscribe. */
  onChange(listener: (change: DatasetChange) => void): () => void;
  /** Ends the decode workers. */
  dispose(): void;
}
