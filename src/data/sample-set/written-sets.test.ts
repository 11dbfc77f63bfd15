import { expect, test } from 'vitest';
import { SAMPLE_SETS } from '../../core/sample-sets.ts';
import { writtenSet } from './written-sets.ts';

test.each([
  ['reviews', 100],
  ['questions', 40],
] as const)('%s: every class is whole, and no text is there twice', async (id, each) => {
  const samples = await writtenSet(id);
  for (const [index, name] of SAMPLE_SETS[id].classes.entries()) {
    const own = samples.filter(({ classIndex }) => classIndex === index);
    expect(own.length, name).toBe(each);
    expect(own.every(({ content }) => /^[A-Z].{10,120}[.?!]$/u.test(content))).toBe(true);
  }
  const contents = samples.map(({ content }) => content.toLowerCase());
  expect(new Set(contents).size).toBe(contents.length);
  expect(new Set(samples.map(({ name }) => name)).size).toBe(samples.length);
  // Every class grows from the start.
  expect(samples.slice(0, SAMPLE_SETS[id].classes.length).map(({ classIndex }) => classIndex)).toEqual([
    ...SAMPLE_SETS[id].classes.keys(),
  ]);
});
