import { describe, expect, it } from 'vitest';
import { fitTfIdf, teachNGrams } from './n-grams.ts';

const options = { classes: 2, seed: 1, pause: () => Promise.resolve() };

describe('the weights of words', () => {
  /** By scikit-learn 1.9.1: `TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\\b\\w+\\b")`, fitted on these. */
  const fitted = fitTfIdf([
    'Not good, not good at all',
    'The soup was very good',
    'The 2 trains were late; the soup was cold',
    'cold and late',
  ]);

  it.each([
    [
      'the soup was not good',
      {
        good: 0.329376384,
        not: 0.4177721783,
        'not good': 0.4177721783,
        soup: 0.329376384,
        'soup was': 0.329376384,
        the: 0.329376384,
        'the soup': 0.329376384,
        was: 0.329376384,
      },
    ],
    ['Late, late and never seen', { and: 0.5355662725, late: 0.8444932017 }],
  ])('are those of scikit-learn: %s', (text, expected) => {
    expect(fitted.size).toBe(30);
    const row = new Map(fitted.row(text));
    expect(row.size).toBe(Object.keys(expected).length);
    for (const [gram, value] of Object.entries(expected)) {
      expect(row.get(fitted.feature(gram) ?? -1), gram).toBeCloseTo(value, 9);
    }
  });

  it('count each sign of a script without spaces as a word', () => {
    const signs = fitTfIdf(['我爱GPU编程']);
    for (const gram of ['我', '爱', 'gpu', '编', '编 程', 'gpu 编'])
      expect(signs.feature(gram), gram).toBeDefined();
    expect(signs.feature('我爱')).toBeUndefined();
  });
});

describe('the model of word counts', () => {
  it('tells apart by pairs of words what single words cannot', async () => {
    const texts = [
      { text: 'not good', label: 0 },
      { text: 'not bad', label: 1 },
      { text: 'very good', label: 1 },
      { text: 'very bad', label: 0 },
    ];
    const model = await teachNGrams(texts, options);
    for (const { text, label } of texts) expect(model.probabilities(text)[label]).toBeGreaterThan(0.5);
    const unheard = model.probabilities('words that were never read');
    expect(unheard).toEqual(model.probabilities(''));
    expect(unheard[0]! + unheard[1]!).toBeCloseTo(1, 12);
  });

  it('ends when its pause says so', async () => {
    const pause = () => Promise.reject(new DOMException('enough', 'AbortError'));
    await expect(teachNGrams([{ text: 'a', label: 0 }], { ...options, pause })).rejects.toThrow('enough');
  });
});
