import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/index.ts';
import { en } from './en/index.ts';
import { preferredLanguage } from './i18n.ts';
import { zh } from './zh/index.ts';

function leaves(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value as object).flatMap(([key, inner]) =>
    leaves(inner, path === '' ? key : `${path}.${key}`),
  );
}
const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

describe('the two catalogues', () => {
  const english = new Map(leaves(en, ''));
  const chinese = new Map(leaves(zh, ''));

  it('have the same keys, but for English singulars', () => {
    const needed = [...english.keys()].filter((key) => !key.endsWith('_one'));
    expect([...chinese.keys()].sort()).toEqual(needed.sort());
  });

  it('fill in nothing in Chinese that English does not know', () => {
    for (const [key, text] of chinese) {
      const known = placeholders(english.get(key) ?? '');
      for (const name of placeholders(text)) expect(known, key).toContain(name);
    }
  });

  it('have a sentence for every error code that does not only repeat it', () => {
    for (const code of ERROR_CODES) {
      expect(en.errors[code].length, code).toBeGreaterThan(9);
      expect(zh.errors[code].length, code).toBeGreaterThan(2);
    }
  });
});

describe('preferredLanguage', () => {
  it.each([
    [null, ['zh-TW', 'en'], 'zh'],
    [null, ['de-DE', 'zh-CN', 'en'], 'zh'],
    [null, ['de-DE'], 'en'],
    [null, [], 'en'],
    ['en', ['zh-CN'], 'en'],
    ['klingon', ['zh-CN'], 'zh'],
  ] as const)('remembered %s, browser %j: %s', (remembered, browser, expected) => {
    expect(preferredLanguage(remembered, browser)).toBe(expected);
  });
});
