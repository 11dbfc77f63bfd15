import {
  applyPatch,
  type ClassId,
  type DatasetChange,
  type DatasetState,
  type ProjectSnapshot,
  type SampleId,
} from '../../src/index.ts';

/** The mirror after a change; `null` when the mirror has lost step with the engine and must be opened anew. */
export function applyChange(project: ProjectSnapshot, change: DatasetChange): ProjectSnapshot | null {
  const dataset = applyPatch(project.dataset, change.patch);
  if (dataset.revision !== change.revision) return null;
  return { ...project, dataset, undo: change.undo };
}

/** Ids of each class, in the order in which they were added. Classes without a picture are there too. */
export function samplesByClass(dataset: DatasetState): ReadonlyMap<ClassId, readonly SampleId[]> {
  const byClass = new Map<ClassId, SampleId[]>(dataset.classes.map(({ id }) => [id, []]));
  for (const { id, classId } of dataset.samples.values()) byClass.get(classId)?.push(id);
  return byClass;
}

/** Classes with at least `least` pictures. */
export function classesWith(dataset: DatasetState, least: number): number {
  return [...samplesByClass(dataset).values()].filter((ids) => ids.length >= least).length;
}
