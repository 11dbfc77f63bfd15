import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { ClassId, SampleId } from '../../../src/index.ts';
import { NOTHING_SELECTED, type Selection } from '../pictures/selection.ts';

/** What this step remembers while the page is open; nothing of it is saved. */
interface PrepareState {
  readonly selection: Selection;
  /** The class whose camera is on. */
  readonly cameraClassId: ClassId | null;
  /** The class shown in full width. */
  readonly largeClassId: ClassId | null;
  readonly openPictureId: SampleId | null;
  /** The class whose name is to be edited next, because it was just added. */
  readonly namingClassId: ClassId | null;
}

export const prepareStore = createStore<PrepareState>(() => ({
  selection: NOTHING_SELECTED,
  cameraClassId: null,
  largeClassId: null,
  openPictureId: null,
  namingClassId: null,
}));

export function usePrepare<T>(select: (state: PrepareState) => T): T {
  return useStore(prepareStore, select);
}

export function setPrepare(part: Partial<PrepareState>): void {
  prepareStore.setState(part);
}

export function setSelection(change: (selection: Selection) => Selection): void {
  prepareStore.setState(({ selection }) => ({ selection: change(selection) }));
}
