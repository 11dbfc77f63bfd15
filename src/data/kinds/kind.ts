import type { PixelVariant } from '../../core/pixel-source.ts';
import type { InputValues, TrunkInput } from '../../core/trunk-input.ts';
import type { StoredPicture } from '../decode/jobs.ts';
import type { PictureLook } from '../decode/look.ts';

/**
 * What the data layer must know of a kind of sample; all of it runs in the decode workers. Another kind is one object of
 * this shape and one row in {@link KINDS}, and what its trunks take is a row of `core/trunk-input.ts`.
 */
export interface KindAdapter {
  /** Whether a file of this name may be one, where its bytes are packed. */
  isName(name: string): boolean;
  /** Why one of another name is refused. */
  readonly otherName: 'file-not-a-picture' | 'file-not-a-sound' | 'file-not-a-text';
  /** What a row of a table is: it names a sample of the drop, or it is one. */
  readonly rows: 'name-samples' | 'are-samples';
  /** By its first bytes alone. @throws {EngineError} why it is refused. */
  checkHead(file: Blob): Promise<unknown>;
  /** A file from outside, checked, as it is kept, with a small picture of it. @throws {EngineError} why it is refused. */
  ingest(file: Blob, squareSize?: number): Promise<StoredPicture>;
  /** Shape: `inputShape(input)`. @throws {EngineError} `model-unsupported` if the trunk takes something else. */
  input(stored: Blob, input: TrunkInput, variant?: PixelVariant): Promise<InputValues>;
  /** The same of a file from outside, with the checks of an import. */
  openInput(file: Blob, input: TrunkInput): Promise<InputValues>;
  thumbnail(stored: Blob): Promise<Blob>;
  look(stored: Blob): Promise<PictureLook>;
}
