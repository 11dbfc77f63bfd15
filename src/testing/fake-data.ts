import type { DatasetEdit, DatasetPatch, DatasetState, SampleRecord } from '../core/dataset.ts';
import { applyPatch, EMPTY_DATASET, invertPatch } from '../core/dataset.ts';
import type { DatasetChange, EngineHandlers } from '../core/engine-api.ts';
import { EngineError } from '../core/errors.ts';
import type { ImportFile, UndoState } from '../core/project.ts';
import { createRng, shuffled } from '../core/rng.ts';
import type { SplitRecord, SplitSettings } from '../core/split.ts';

/** The fake engine's data set: real patches and a real undo stack over records without pixels. */
export interface FakeData {
  readonly state: () => DatasetState;
  readonly split: () => SplitRecord | null;
  readonly undo: () => UndoState;
  readonly reset: () => void;
  readonly handlers: Pick<EngineHandlers, Extract<keyof EngineHandlers, `data.${string}`>>;
}

export function createFakeData(wait: (signal: AbortSignal) => Promise<void>): FakeData {
  let state = EMPTY_DATASET;
  let split: SplitRecord | null = null;
  let done: DatasetPatch[] = [];
  let undone: DatasetPatch[] = [];
  let nextId = 1;

  const undoState = (): UndoState => ({ undo: done.at(-1)?.kind ?? null, redo: undone.at(-1)?.kind ?? null });
  const change = (patch: DatasetPatch): DatasetChange => {
    state = applyPatch(state, patch);
    return { patch, revision: state.revision, undo: undoState() };
  };
  const commit = (patch: DatasetPatch): DatasetChange => {
    done.push(patch);
    undone = [];
    return change(patch);
  };
  const record = (
    classId: string,
    name: string,
    source: SampleRecord['source'],
    group?: string,
  ): SampleRecord => {
    const id = `s${nextId++}`;
    const hash = id.padStart(64, '0');
    const base = { id, classId, name, width: 640, height: 480, contentHash: hash, sourceHash: hash, source };
    return { ...base, kind: 'picture', addedAtMs: 0, ...(group !== undefined && { group }) };
  };
  const add = (
    items: readonly { label: string; name: string; group?: string }[],
    source: SampleRecord['source'],
  ) => {
    const classes = [...state.classes];
    const records = items.map(({ label, name, group }) => {
      let target = classes.find((one) => one.name === label || one.id === label);
      if (target === undefined) classes.push((target = { id: `c${nextId++}`, name: label }));
      return record(target.id, name, source, group);
    });
    return commit({
      kind: 'add-samples',
      ...(classes.length > state.classes.length && { classes: { before: state.classes, after: classes } }),
      samples: records.map((after) => ({ id: after.id, before: null, after })),
    });
  };
  const label = ({ path }: ImportFile, intoClass: string | undefined): string =>
    intoClass ?? path.split('/').at(-2) ?? 'unsorted';

  return {
    state: () => state,
    split: () => split,
    undo: undoState,
    reset() {
      state = EMPTY_DATASET;
      split = null;
      done = [];
      undone = [];
    },
    handlers: {
      async 'data.preview'({ files, intoClass }, { signal }) {
        await wait(signal);
        const counts = new Map<string, number>();
        for (const file of files)
          counts.set(label(file, intoClass), (counts.get(label(file, intoClass)) ?? 0) + 1);
        const exists = (name: string): boolean => state.classes.some((one) => one.name === name);
        return {
          classes: [...counts].map(([name, count]) => ({ name, count, exists: exists(name), spellings: [] })),
          pictures: files.length,
          rejected: [],
          given: null,
          table: null,
          isProject: false,
        };
      },
      async 'data.import'({ files, intoClass }, { signal, emit }) {
        const rejected = files
          .filter(({ file }) => file.size === 0)
          .map(({ path }) => ({
            name: path,
            error: { code: 'file-empty' as const, message: 'The file is empty.' },
          }));
        const good = files.filter(({ file }) => file.size > 0);
        for (let done = 0; done < good.length; done += 20) {
          await wait(signal);
          const batch = good.slice(done, done + 20);
          const items = batch.map((one) => ({ label: label(one, intoClass), name: one.file.name }));
          emit({ kind: 'change', ...add(items, 'file') });
          emit({ kind: 'progress', done: done + batch.length, total: good.length });
        }
        for (const one of rejected) emit({ kind: 'rejected', ...one });
        return { accepted: good.length, rejected, firstFrameOnly: [], metadata: { pictures: 0, places: 0 } };
      },
      async 'data.sampleSet'({ classNames }, { signal, emit }) {
        for (const [index, name] of classNames.entries()) {
          await wait(signal);
          const items = Array.from({ length: 60 }, (_, glyph) => ({ label: name, name: `${name} ${glyph}` }));
          emit({ kind: 'change', ...add(items, 'sample-set') });
          emit({ kind: 'progress', done: (index + 1) * 60, total: 240 });
        }
        return { accepted: 240, rejected: [], firstFrameOnly: [], metadata: { pictures: 0, places: 0 } };
      },
      async 'data.capture'({ classId, frame, burst }) {
        frame.close();
        return Promise.resolve(add([{ label: classId, name: `camera ${nextId}`, group: burst }], 'camera'));
      },
      'data.record': ({ classId }) =>
        Promise.resolve(add([{ label: classId, name: `microphone ${nextId}` }], 'microphone')),
      'data.soundDecoder'({ port }) {
        port.close();
        return Promise.resolve();
      },
      'data.edit': ({ edit }) => Promise.resolve(commit(patchOf(state, edit, () => `c${nextId++}`))),
      async 'data.undo'() {
        const patch = done.pop();
        if (patch === undefined) return Promise.resolve(null);
        undone.push(patch);
        return change(invertPatch(patch));
      },
      async 'data.redo'() {
        const patch = undone.pop();
        if (patch === undefined) return Promise.resolve(null);
        done.push(patch);
        return change(patch);
      },
      'data.thumbnails': ({ ids }) => Promise.all(ids.map((id) => picture(id))),
      'data.picture': ({ id }) => picture(id),
      async 'data.split'({ settings }) {
        split = splitOf(state, settings);
        return Promise.resolve(split);
      },
      'data.doctor': () =>
        Promise.resolve({
          revision: state.revision,
          examined: state.samples.size,
          findings: [],
          labelsCompared: false,
        }),
      async 'data.crossValidate'({ folds }, { signal }) {
        await wait(signal);
        const scores = {
          accuracies: Array.from({ length: folds }, () => 0.9),
          accuracy: 0.9,
          interval: { low: 0.85, high: 0.94 },
        };
        return {
          ...{ modelId: 'fake', revision: state.revision, folds, guarded: scores, unguarded: null },
          ...{ samples: state.samples.size, related: 0 },
        };
      },
      'data.save': () => Promise.resolve(new Blob(['fake data'])),
      async 'data.augmentPreview'({ id, count }) {
        const blob = await picture(id);
        return Promise.all(Array.from({ length: count }, () => createImageBitmap(blob)));
      },
    },
  };
}

function patchOf(state: DatasetState, edit: DatasetEdit, newId: () => string): DatasetPatch {
  const classes = (after: DatasetState['classes']) => ({ before: state.classes, after });
  const change = (match: (one: SampleRecord) => boolean, after: (one: SampleRecord) => SampleRecord | null) =>
    [...state.samples.values()].filter(match).map((one) => ({ id: one.id, before: one, after: after(one) }));
  switch (edit.kind) {
    case 'add-class':
      return {
        kind: edit.kind,
        classes: classes([...state.classes, { id: newId(), name: edit.name }]),
        samples: [],
      };
    case 'rename-class': {
      const renamed = state.classes.map((one) =>
        one.id === edit.classId ? { ...one, name: edit.name } : one,
      );
      return { kind: edit.kind, classes: classes(renamed), samples: [] };
    }
    case 'group-samples': {
      const tied = new Map(edit.groups.flatMap((ids) => ids.map((id) => [id, `copies ${ids[0]}`] as const)));
      const samples = change(
        ({ id }) => tied.has(id),
        (one) => ({ ...one, group: tied.get(one.id) ?? '' }),
      );
      return { kind: edit.kind, samples };
    }
    case 'delete-class':
      return {
        kind: edit.kind,
        classes: classes(state.classes.filter(({ id }) => id !== edit.classId)),
        samples: change(
          (one) => one.classId === edit.classId,
          () => null,
        ),
      };
    case 'merge-classes':
      return {
        kind: edit.kind,
        classes: classes(state.classes.filter(({ id }) => id !== edit.from)),
        samples: change(
          (one) => one.classId === edit.from,
          (one) => ({ ...one, classId: edit.into }),
        ),
      };
    case 'move-samples': {
      const ids = new Set(edit.ids);
      return {
        kind: edit.kind,
        samples: change(
          (one) => ids.has(one.id),
          (one) => ({ ...one, classId: edit.to }),
        ),
      };
    }
    case 'delete-samples': {
      const ids = new Set(edit.ids);
      return {
        kind: edit.kind,
        samples: change(
          (one) => ids.has(one.id),
          () => null,
        ),
      };
    }
  }
}

function splitOf(state: DatasetState, settings: SplitSettings): SplitRecord {
  const ids = shuffled([...state.samples.keys()], createRng(settings.seed));
  if (ids.length === 0) throw new EngineError('too-few-samples', 'There is no picture to split.');
  const test = Math.round(ids.length * settings.test);
  const validation = Math.round(ids.length * settings.validation);
  return {
    settings,
    test: ids.slice(0, test),
    validation: ids.slice(test, test + validation),
    train: ids.slice(test + validation),
    hash: `${state.revision}`.padStart(64, '0'),
    groupedSamples: 0,
  };
}

/** A flat picture whose colour follows the id; empty where there is no canvas (Node). */
async function picture(id: string): Promise<Blob> {
  if (typeof OffscreenCanvas === 'undefined') return new Blob([]);
  const canvas = new OffscreenCanvas(128, 96);
  const context = canvas.getContext('2d');
  if (context !== null) {
    context.fillStyle = `hsl(${(Number(id.slice(1)) * 47) % 360} 60% 60%)`;
    context.fillRect(0, 0, 128, 96);
  }
  return canvas.convertToBlob({ type: 'image/jpeg' });
}
