import type {
  ClassId,
  ClassRecord,
  DatasetEdit,
  DatasetPatch,
  DatasetState,
  SampleId,
  SampleRecord,
} from '../core/dataset.ts';
import { EngineError } from '../core/errors.ts';
import { COPIES_GROUP } from './groups.ts';
import { uniqueClassName } from './names.ts';

/**
 * The patch that does an edit. Pure but for the id of a new class. Names are trimmed, bounded and made unique;
 * samples that are gone already are left out.
 * @throws {EngineError} `not-found` if a class does not exist.
 */
export function planEdit(state: DatasetState, edit: DatasetEdit): DatasetPatch {
  switch (edit.kind) {
    case 'add-class': {
      const added = { id: crypto.randomUUID(), name: freeName(state.classes, edit.name) };
      return { kind: edit.kind, classes: change(state, [...state.classes, added]), samples: [] };
    }
    case 'rename-class': {
      findClass(state, edit.classId);
      const others = state.classes.filter(({ id }) => id !== edit.classId);
      const name = freeName(others, edit.name);
      const after = state.classes.map((item) => (item.id === edit.classId ? { ...item, name } : item));
      return { kind: edit.kind, classes: change(state, after), samples: [] };
    }
    case 'merge-classes': {
      findClass(state, edit.from);
      findClass(state, edit.into);
      if (edit.from === edit.into) return { kind: edit.kind, samples: [] };
      return {
        kind: edit.kind,
        classes: change(state, without(state, edit.from)),
        samples: samplesOf(state, edit.from).map((before) => move(before, edit.into)),
      };
    }
    case 'delete-class': {
      findClass(state, edit.classId);
      return {
        kind: edit.kind,
        classes: change(state, without(state, edit.classId)),
        samples: samplesOf(state, edit.classId).map(remove),
      };
    }
    case 'move-samples': {
      findClass(state, edit.to);
      const moved = existing(state, edit.ids).filter(({ classId }) => classId !== edit.to);
      return { kind: edit.kind, samples: moved.map((before) => move(before, edit.to)) };
    }
    case 'delete-samples':
      return { kind: edit.kind, samples: existing(state, edit.ids).map(remove) };
    case 'group-samples':
      return { kind: edit.kind, samples: edit.groups.flatMap((ids) => tied(existing(state, ids))) };
    default:
      return edit satisfies never;
  }
}

/** Whether a patch would change nothing: not worth a revision or an undo step. */
export function isEmptyPatch(patch: DatasetPatch): boolean {
  const { classes, samples } = patch;
  const sameClasses =
    classes === undefined ||
    (classes.before.length === classes.after.length &&
      classes.before.every(
        ({ id, name }, i) => classes.after[i]?.id === id && classes.after[i].name === name,
      ));
  return sameClasses && samples.length === 0;
}

/** One patch that does `first`, then `second`. */
export function composePatches(first: DatasetPatch, second: DatasetPatch): DatasetPatch {
  const samples = new Map(first.samples.map((item) => [item.id, item]));
  for (const item of second.samples) {
    const earlier = samples.get(item.id);
    samples.set(item.id, earlier === undefined ? item : { ...item, before: earlier.before });
  }
  const before = (first.classes ?? second.classes)?.before;
  const after = (second.classes ?? first.classes)?.after;
  return {
    kind: first.kind,
    ...(before !== undefined && after !== undefined && { classes: { before, after } }),
    samples: [...samples.values()],
  };
}

function findClass(state: DatasetState, classId: ClassId): ClassRecord {
  const found = state.classes.find(({ id }) => id === classId);
  if (found === undefined) throw new EngineError('not-found', `There is no class ${classId}.`);
  return found;
}

function freeName(classes: readonly ClassRecord[], name: string): string {
  return uniqueClassName(
    name,
    classes.map((item) => item.name),
  );
}

function change(state: DatasetState, after: readonly ClassRecord[]) {
  return { before: state.classes, after };
}

function without(state: DatasetState, classId: ClassId): ClassRecord[] {
  return state.classes.filter(({ id }) => id !== classId);
}

function samplesOf(state: DatasetState, classId: ClassId): SampleRecord[] {
  return [...state.samples.values()].filter((sample) => sample.classId === classId);
}

function existing(state: DatasetState, ids: readonly SampleId[]): SampleRecord[] {
  return [...new Set(ids)].map((id) => state.samples.get(id)).filter((sample) => sample !== undefined);
}

/** One group for all: that of one of them, if it has one. Who has another (its burst) keeps that too, through its own. */
function tied(samples: readonly SampleRecord[]): DatasetPatch['samples'] {
  const [first] = samples;
  if (first === undefined || samples.length < 2) return [];
  const group = samples.find((sample) => sample.group !== undefined)?.group ?? `${COPIES_GROUP}${first.id}`;
  return samples
    .filter((sample) => sample.group === undefined)
    .map((before) => ({ id: before.id, before, after: { ...before, group } }));
}

function move(before: SampleRecord, to: ClassId) {
  return { id: before.id, before, after: { ...before, classId: to } };
}

function remove(before: SampleRecord) {
  return { id: before.id, before, after: null };
}
