import { expect, test } from 'vitest';
import { applyPatch, EMPTY_DATASET } from '../core/dataset.ts';
import type { DatasetEdit, DatasetPatch, DatasetState } from '../core/dataset.ts';
import { EngineError } from '../core/errors.ts';
import { sampleRecord } from '../testing/sample-record.ts';
import { createHistory } from './history.ts';
import { cleanClassName, cleanFileName, uniqueClassName } from './names.ts';
import { composePatches, isEmptyPatch, planEdit } from './plan-edit.ts';

const START: DatasetState = {
  revision: 3,
  classes: [
    { id: 'cat', name: 'Cats' },
    { id: 'dog', name: 'Dogs' },
  ],
  samples: new Map([
    ['c1', sampleRecord('c1', 'cat')],
    ['c2', sampleRecord('c2', 'cat')],
    ['d1', sampleRecord('d1', 'dog')],
  ]),
};

const after = (edit: DatasetEdit, state = START) => applyPatch(state, planEdit(state, edit));
const labels = (state: DatasetState) =>
  [...state.samples.values()].map(({ id, classId }) => `${id}:${classId}`);
const names = (state: DatasetState) => state.classes.map(({ name }) => name);

test('classes are added, renamed, merged and deleted', () => {
  expect(names(after({ kind: 'add-class', name: '  cats ' }))).toEqual(['Cats', 'Dogs', 'cats 2']);
  expect(names(after({ kind: 'add-class', name: '' }))).toEqual(['Cats', 'Dogs', '1']);
  expect(names(after({ kind: 'rename-class', classId: 'dog', name: 'Cats' }))).toEqual(['Cats', 'Cats 2']);
  expect(names(after({ kind: 'rename-class', classId: 'dog', name: 'dogs' }))).toEqual(['Cats', 'dogs']);
  const merged = after({ kind: 'merge-classes', from: 'cat', into: 'dog' });
  expect([names(merged), labels(merged)]).toEqual([['Dogs'], ['c1:dog', 'c2:dog', 'd1:dog']]);
  const deleted = after({ kind: 'delete-class', classId: 'cat' });
  expect([names(deleted), labels(deleted)]).toEqual([['Dogs'], ['d1:dog']]);
});

test('pictures are moved and deleted; those that are gone are left out', () => {
  expect(labels(after({ kind: 'move-samples', ids: ['c1', 'd1', 'gone', 'c1'], to: 'dog' }))).toEqual([
    'c1:dog',
    'c2:cat',
    'd1:dog',
  ]);
  expect(labels(after({ kind: 'delete-samples', ids: ['c1', 'gone'] }))).toEqual(['c2:cat', 'd1:dog']);
  expect(isEmptyPatch(planEdit(START, { kind: 'delete-samples', ids: ['gone'] }))).toBe(true);
  expect(isEmptyPatch(planEdit(START, { kind: 'rename-class', classId: 'cat', name: 'Cats' }))).toBe(true);
  expect(isEmptyPatch(planEdit(START, { kind: 'merge-classes', from: 'cat', into: 'cat' }))).toBe(true);
});

test('a class that does not exist is an error with a code', () => {
  for (const edit of [
    { kind: 'rename-class', classId: 'x', name: 'y' },
    { kind: 'merge-classes', from: 'cat', into: 'x' },
    { kind: 'move-samples', ids: ['c1'], to: 'x' },
  ] as const) {
    expect(() => planEdit(START, edit)).toThrow(EngineError);
  }
});

test('every edit is taken back and done again exactly', () => {
  const edits: DatasetEdit[] = [
    { kind: 'merge-classes', from: 'cat', into: 'dog' },
    { kind: 'rename-class', classId: 'dog', name: 'Pets' },
    { kind: 'delete-samples', ids: ['d1'] },
    { kind: 'delete-class', classId: 'dog' },
  ];
  const history = createHistory();
  const states = [START];
  for (const edit of edits) {
    const patch = planEdit(states.at(-1)!, edit);
    history.push(patch);
    states.push(applyPatch(states.at(-1)!, patch));
  }
  expect(history.state()).toEqual({ undo: 'delete-class', redo: null });
  const apply = (state: DatasetState, patch: DatasetPatch | null) => applyPatch(state, patch!);
  const content = ({ classes, samples }: DatasetState) => ({
    classes,
    samples: [...samples.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
  });
  let state = states.at(-1)!;
  for (const earlier of states.slice(0, -1).reverse()) {
    state = apply(state, history.peekUndo());
    history.undone();
    expect(content(state)).toEqual(content(earlier));
  }
  expect(history.peekUndo()).toBeNull();
  for (const later of states.slice(1)) {
    state = apply(state, history.peekRedo());
    history.redone();
    expect(content(state)).toEqual(content(later));
  }
});

test('batches of one import are one step; a step taken back is closed', () => {
  const batch = (id: string): DatasetPatch => ({
    kind: 'add-samples',
    samples: [{ id, before: null, after: sampleRecord(id, 'cat') }],
  });
  const history = createHistory(3);
  history.push(batch('a'), 'import 1');
  history.push(batch('b'), 'import 1');
  expect(history.peekUndo()?.samples.map(({ id }) => id)).toEqual(['a', 'b']);
  history.undone();
  expect(history.state()).toEqual({ undo: null, redo: 'add-samples' });
  history.push(batch('c'), 'import 1');
  expect(history.peekUndo()?.samples.map(({ id }) => id)).toEqual(['c']);
  for (const id of ['d', 'e', 'f']) history.push(batch(id));
  for (let i = 0; i < 3; i++) history.undone();
  expect(history.peekUndo()).toBeNull();
});

test('composed patches do what the two did', () => {
  const first = planEdit(START, { kind: 'merge-classes', from: 'cat', into: 'dog' });
  const middle = applyPatch(START, first);
  const second = planEdit(middle, { kind: 'delete-samples', ids: ['c1'] });
  const composed = applyPatch(START, composePatches(first, second));
  const oneByOne = applyPatch(middle, second);
  expect({ ...composed, revision: 0 }).toEqual({ ...oneByOne, revision: 0 });
  expect(EMPTY_DATASET.samples.size).toBe(0);
});

test('names from outside become bounded plain text', () => {
  expect(cleanClassName('  a\tb\n c\u202e ')).toBe('a b c');
  expect(cleanClassName('👩‍👩‍👧'.repeat(100))).toBe('👩‍👩‍👧'.repeat(60));
  expect(cleanClassName('<b>"q"</b>')).toBe('<b>"q"</b>');
  const long = cleanFileName(`../../${'x'.repeat(300)}.jpg`);
  expect(long).toHaveLength(120);
  expect(long.endsWith('xxxx.jpg')).toBe(true);
  expect(cleanFileName('dir/..')).toBe('..');
  expect(uniqueClassName('a', ['A', 'a 2'])).toBe('a 3');
});
