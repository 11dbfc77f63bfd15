import type { SampleId, SplitRecord, SplitSide } from '../../../src/index.ts';

const SIDES: readonly SplitSide[] = ['train', 'validation', 'test'];

/** The side of the split on which a picture was recorded; `null` before it has one. */
export function sideOf(split: SplitRecord | null, id: SampleId): SplitSide | null {
  return split === null ? null : (SIDES.find((side) => split[side].includes(id)) ?? null);
}
