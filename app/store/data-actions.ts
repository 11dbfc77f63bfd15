import type {
  ClassId,
  DatasetChange,
  DatasetEdit,
  DatasetState,
  DoctorFinding,
  ImportFile,
  ImportPreview,
  ImportReport,
  Rejection,
  SampleId,
  SampleSetId,
  SplitRecord,
  SplitSettings,
  TableMapping,
} from '../../src/index.ts';
import { engine } from '../engine/engine-host.ts';
import { dismissUndoNotices, notifyError } from './notices.ts';
import { openProject } from './project-actions.ts';
import { applyChange } from './project.ts';
import { scheduleRefresh } from './refresh.ts';
import { askToKeep } from './storage-actions.ts';
import { getState, setState } from './store.ts';
import { runTask, type Outcome } from './tasks.ts';

/** What an import would do. */
export function previewImport(
  files: readonly ImportFile[],
  table?: TableMapping,
): Promise<Outcome<ImportPreview>> {
  return runTask('preview', 'files', ({ signal, report }) =>
    engine().call(
      'data.preview',
      { files, ...(table !== undefined && { table }) },
      { signal, onEvent: report },
    ),
  );
}

/** What an import does with the files beside taking them in. */
export interface ImportOptions {
  /** All into this class. */
  readonly intoClass?: ClassId;
  /** As a table in the drop says. */
  readonly table?: TableMapping;
}

/**
 * Takes pictures in. The mirror grows while they arrive; what was taken before a cancel stays. `onRejected` hears of
 * each file that was left out, with its reason; all are in the report too.
 */
export async function importFiles(
  files: readonly ImportFile[],
  options: ImportOptions = {},
  onRejected?: (rejection: Rejection) => void,
): Promise<Outcome<ImportReport>> {
  const outcome = await runTask('import', 'pictures', ({ signal, report }) =>
    engine().call(
      'data.import',
      { files, ...options },
      {
        signal,
        onEvent: (event) => {
          if (event.kind === 'progress') report(event);
          else if (event.kind === 'change') applyDatasetChange(event);
          else onRejected?.(event);
        },
      },
    ),
  );
  if (outcome.ok) setState({ lastImport: outcome.value });
  askToKeep();
  // Also after a cancel: what was taken before has no side yet.
  scheduleRefresh();
  return outcome;
}

/** Takes a sample set. `classNames`: one for each class of the set, in the person's language. */
export async function takeSampleSet(
  set: SampleSetId,
  classNames: readonly string[],
): Promise<Outcome<ImportReport>> {
  const outcome = await runTask('sample-set', 'pictures', ({ signal, report }) =>
    engine().call(
      'data.sampleSet',
      { set, classNames },
      {
        signal,
        onEvent: (event) => {
          if (event.kind === 'progress') report(event);
          else applyDatasetChange(event);
        },
      },
    ),
  );
  if (outcome.ok) setState({ lastImport: outcome.value });
  askToKeep();
  // Also after a cancel: what was taken before has no side yet.
  scheduleRefresh();
  return outcome;
}

/** One camera frame into a class. The bitmap is transferred. False if it could not be kept (a notice says why). */
export async function captureFrame(classId: ClassId, frame: ImageBitmap, burst: string): Promise<boolean> {
  return applied(() => engine().call('data.capture', { classId, frame, burst }));
}

/** A recording into a class, cut into samples: how many became of it (a notice says why if none). */
export async function recordSounds(
  classId: ClassId,
  samples: Float32Array<ArrayBuffer>,
  rate: number,
  cut: 'sounds' | 'evenly',
): Promise<number> {
  try {
    const change = await engine().call('data.record', { classId, samples, rate, cut });
    applyDatasetChange(change);
    return change.patch.samples.length;
  } catch (thrown) {
    notifyError(thrown);
    return 0;
  }
}

export function editDataset(edit: DatasetEdit): Promise<boolean> {
  return applied(() => engine().call('data.edit', { edit }));
}

export function undo(): Promise<boolean> {
  return applied(() => engine().call('data.undo', {}));
}

export function redo(): Promise<boolean> {
  return applied(() => engine().call('data.redo', {}));
}

/** Renews the split. `fresh` deals all pictures anew; otherwise those that have a side keep it. */
export async function makeSplit(settings: SplitSettings, fresh = false): Promise<Outcome<SplitRecord>> {
  const outcome = await runTask('split', 'pictures', ({ signal }) =>
    engine().call('data.split', { settings, fresh }, { signal }),
  );
  if (outcome.ok) {
    const split = outcome.value;
    setState(({ project }) => ({
      project: project && { ...project, split, settings: { ...project.settings, split: settings } },
    }));
  }
  return outcome;
}

/** Folds of a cross-validation. */
const FOLDS = 5;

/** How well the frozen features tell the classes apart, fold by fold. The result is in the store. */
export async function crossValidate(): Promise<void> {
  const outcome = await runTask('cross-validate', 'parts', ({ signal, report }) =>
    engine().call('data.crossValidate', { folds: FOLDS, seed: 1 }, { signal, onEvent: report }),
  );
  if (outcome.ok) setState({ crossValidation: outcome.value });
}

/** Looks through the data. Its report is in the store. */
export async function examineData(): Promise<void> {
  const outcome = await runTask('doctor', 'pictures', ({ signal, report }) =>
    engine().call('data.doctor', {}, { signal, onEvent: report }),
  );
  if (!outcome.ok) return;
  setState({ doctor: outcome.value });
  // As long as nothing was learned from a split, no score is lost by dealing anew: the guard acts by itself.
  const { project } = getState();
  if (project === null || project.runs.length > 0) return;
  const groups = untied(outcome.value.findings, project.dataset);
  if (groups.length === 0 || !(await keepTogether(groups))) return;
  const revision = getState().project?.dataset.revision ?? outcome.value.revision;
  setState({ doctor: { ...outcome.value, revision } });
}

/** Ties the members of each group and deals all pictures anew, since some may lie on two sides already. */
export async function keepTogether(groups: readonly (readonly SampleId[])[]): Promise<boolean> {
  if (!(await editDataset({ kind: 'group-samples', groups }))) return false;
  const { project } = getState();
  return project !== null && (await makeSplit(project.settings.split, true)).ok;
}

/** Groups of near duplicates that nothing ties yet. */
export function untied(
  findings: readonly DoctorFinding[],
  { samples }: Pick<DatasetState, 'samples'>,
): readonly (readonly SampleId[])[] {
  const copies = findings.flatMap((finding) => (finding.kind === 'near-duplicates' ? finding.groups : []));
  return copies.filter((ids) => {
    const groups = new Set(ids.map((id) => samples.get(id)?.group));
    return groups.size > 1 || groups.has(undefined);
  });
}

export function fetchThumbnails(ids: readonly SampleId[]): Promise<readonly (Blob | null)[]> {
  return engine().call('data.thumbnails', { ids });
}

export function fetchPicture(id: SampleId): Promise<Blob> {
  return engine().call('data.picture', { id });
}

/** Moves the mirror by a change; opens the project anew if it lost step. */
export function applyDatasetChange(change: DatasetChange): void {
  const { project } = getState();
  if (project === null) return;
  const next = applyChange(project, change);
  if (next === null) void openProject();
  else setState({ project: { ...next, savedAtMs: Date.now() } });
  dismissUndoNotices();
  scheduleRefresh();
}

async function applied(call: () => Promise<DatasetChange | null>): Promise<boolean> {
  try {
    const change = await call();
    if (change !== null) applyDatasetChange(change);
    return change !== null;
  } catch (thrown) {
    notifyError(thrown);
    return false;
  }
}
