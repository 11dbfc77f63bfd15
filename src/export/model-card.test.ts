import { expect, test } from 'vitest';
import { modelCard } from './model-card.ts';

const FACTS = {
  title: 'cats | dogs',
  base: { name: 'Net *1*', licence: 'Apache-2.0', source: 'https://example.com/<net>' },
  classes: [
    { name: '<img src=x>', pictures: 3 },
    { name: 'a|b', pictures: 4 },
  ],
  run: null,
} as const;

const EXAM = { total: 15, correct: 12, accuracy: 0.8, accuracyInterval: { low: 0.548, high: 0.93 } };

test('a card tells the exam with its interval', () => {
  const card = modelCard({ ...FACTS, exam: { ...EXAM, opened: 1 } });
  expect(card).toContain('12 of 15 cases: 80.0 %, between\n54.8 % and 93.0 %');
});

test('a card tells how often the test set was opened, and from when on that is often', () => {
  const card = (opened: number) => modelCard({ ...FACTS, exam: { ...EXAM, opened } });
  expect(card(1)).toContain('opened once, for this run.');
  expect(card(5)).toContain('opened 5 times');
  expect(card(5)).not.toContain('too good');
  expect(card(6)).toMatch(/opened 6 times.*too good/s);
});

test('a card without an exam says so', () => {
  expect(modelCard({ ...FACTS, exam: null })).toContain('Not measured');
});

test('names that are markup stand in a card as themselves', () => {
  const card = modelCard({ ...FACTS, exam: null });
  expect(card).toContain('# Model card: cats \\| dogs');
  expect(card).toContain('Net \\*1\\* (https://example.com/\\<net\\>)');
  expect(card).toContain('| \\<img src=x\\> | 3 |\n| a\\|b | 4 |');
});
