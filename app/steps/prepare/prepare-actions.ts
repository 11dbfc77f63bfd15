import type { ClassId, ClassRecord, SampleId } from '../../../src/index.ts';
import { editDataset, keepTogether } from '../../store/data-actions.ts';
import { notify } from '../../store/notices.ts';
import { getState } from '../../store/store.ts';
import { NOTHING_SELECTED } from '../pictures/selection.ts';
import { prepareStore, setPrepare } from './prepare-state.ts';

/** Adds a class. Its id, or `null` if it could not be added (a notice says why). */
export async function addClass(name: string): Promise<ClassId | null> {
  const before = new Set(getState().project?.dataset.classes.map(({ id }) => id));
  if (!(await editDataset({ kind: 'add-class', name }))) return null;
  return getState().project?.dataset.classes.find(({ id }) => !before.has(id))?.id ?? null;
}

/** Adds a class and puts the cursor into its name. */
export async function addClassToName(name: string): Promise<void> {
  const id = await addClass(name);
  if (id !== null) setPrepare({ namingClassId: id });
}

export async function deleteClass({ id, name }: ClassRecord): Promise<void> {
  const { cameraClassId, largeClassId } = prepareStore.getState();
  if (!(await editDataset({ kind: 'delete-class', classId: id }))) return;
  if (cameraClassId === id) setPrepare({ cameraClassId: null });
  if (largeClassId === id) setPrepare({ largeClassId: null });
  notify({ key: 'prepare:deletedClass', values: { name } }, { action: 'undo' });
}

export async function mergeClasses(from: ClassRecord, into: ClassRecord): Promise<void> {
  if (!(await editDataset({ kind: 'merge-classes', from: from.id, into: into.id }))) return;
  notify({ key: 'prepare:mergedClasses', values: { from: from.name, into: into.name } }, { action: 'undo' });
}

/** Deletes pictures at once; the notice offers to take it back. */
export async function deletePictures(ids: readonly SampleId[]): Promise<void> {
  if (ids.length === 0 || !(await editDataset({ kind: 'delete-samples', ids }))) return;
  setPrepare({ selection: NOTHING_SELECTED });
  notify({ key: 'prepare:deletedPictures', values: { count: ids.length } }, { action: 'undo' });
}

/** Keeps copies on one side of the split, and says so. */
export async function keepCopiesTogether(groups: readonly (readonly SampleId[])[]): Promise<void> {
  if (!(await keepTogether(groups))) return;
  notify({ key: 'prepare:doctor.kept', values: { count: groups.length } });
}

export async function movePictures(ids: readonly SampleId[], to: ClassRecord): Promise<void> {
  if (ids.length === 0 || !(await editDataset({ kind: 'move-samples', ids, to: to.id }))) return;
  setPrepare({ selection: NOTHING_SELECTED });
  notify({ key: 'prepare:movedPictures', values: { count: ids.length, name: to.name } }, { action: 'undo' });
}
