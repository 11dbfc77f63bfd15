import { expect, it } from 'vitest';
import { findings } from './findings.ts';

function data(sizes: Record<string, number>) {
  const classes = Object.keys(sizes).map((name) => ({ id: name, name }));
  const byClass = new Map(
    Object.entries(sizes).map(([name, size]) => [
      name,
      Array.from({ length: size }, (_, i) => `${name}${i}`),
    ]),
  );
  return [classes, byClass] as const;
}

const kinds = (sizes: Record<string, number>) => findings(...data(sizes), null).map(({ kind }) => kind);

it('finds nothing to say about equal, well filled classes', () => {
  expect(kinds({ a: 20, b: 40 })).toEqual([]);
});

it('tells empty, too few and few apart', () => {
  const found = findings(...data({ a: 0, b: 1, c: 2, d: 3, e: 9, f: 10 }), null);
  expect(found.map(({ kind }) => kind)).toEqual(['empty-classes', 'too-few', 'few', 'unequal']);
  expect(found[1]).toMatchObject({ classes: [{ id: 'b' }, { id: 'c' }] });
  expect(found[2]).toMatchObject({ classes: [{ id: 'd' }, { id: 'e' }] });
});

it('says when there is one class only', () => {
  expect(kinds({ a: 30 })).toEqual(['one-class']);
});

it('names the largest and the smallest class above four to one', () => {
  expect(kinds({ a: 10, b: 40 })).toEqual([]);
  expect(findings(...data({ a: 10, b: 55 }), null)).toEqual([
    { kind: 'unequal', largest: { id: 'b', name: 'b' }, smallest: { id: 'a', name: 'a' }, times: 5 },
  ]);
});

it('counts duplicates and animations of the last import', () => {
  const report = {
    accepted: 3,
    rejected: [
      { name: 'x', error: { code: 'file-duplicate' as const, message: '' } },
      { name: 'y', error: { code: 'file-empty' as const, message: '' } },
    ],
    firstFrameOnly: ['z.gif'],
    metadata: { pictures: 0, places: 0 },
  };
  expect(findings(...data({ a: 20, b: 20 }), report)).toEqual([
    { kind: 'duplicates', count: 1 },
    { kind: 'first-frames', count: 1 },
  ]);
});

it('has nothing to say about nothing', () => {
  expect(kinds({})).toEqual([]);
});

it('leaks between folders that came, and what was dropped of the camera and the place', () => {
  const leak = { name: 'x', error: { code: 'file-duplicate' as const, message: '', detail: { leak: true } } };
  const report = { accepted: 9, rejected: [leak], firstFrameOnly: [], metadata: { pictures: 5, places: 2 } };
  expect(findings(...data({ a: 20, b: 20 }), report)).toEqual([
    { kind: 'duplicates', count: 1 },
    { kind: 'leaks', count: 1 },
    { kind: 'metadata', count: 5, places: 2 },
  ]);
});

it('names that differ by signs, accents or width are asked about; numbers count', () => {
  const [classes, byClass] = data({
    'hot-dog': 20,
    'Hot dog': 20,
    Café: 20,
    Cafe: 20,
    'class 1': 20,
    'class 2': 20,
  });
  const found = findings(classes, byClass, null);
  expect(found.map(({ kind }) => kind)).toEqual(['similar-names']);
  expect(found[0]).toMatchObject({ classes: [{ name: 'hot-dog' }, { name: 'Hot dog' }] });
});
