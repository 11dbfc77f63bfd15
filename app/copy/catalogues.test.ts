import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/index.ts';
import { forSounds as enSounds } from './en/for-sounds.ts';
import { forTexts as enTexts } from './en/for-texts.ts';
import { en } from './en/index.ts';
import { preferredLanguage } from './i18n.ts';
import { inKind } from './in-kind.ts';
import { forSounds as zhSounds } from './zh/for-sounds.ts';
import { forTexts as zhTexts } from './zh/for-texts.ts';
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

describe.each([
  ['sounds', enSounds, zhSounds],
  ['texts', enTexts, zhTexts],
])('the words of a project of %s', (_, inEnglish, inChinese) => {
  const spoken = {
    en: { base: en, anew: inEnglish, pictures: /picture|photo|camera/i },
    zh: { base: zh, anew: inChinese, pictures: /图片|照片|摄像|张/ },
  };

  it.each(['en', 'zh'] as const)('(%s) replace only sentences that there are', (language) => {
    const known = new Set(leaves(spoken[language].base, '').map(([path]) => path));
    for (const [path] of leaves(spoken[language].anew.sentences, '')) expect(known).toContain(path);
  });

  it.each(['en', 'zh'] as const)(
    '(%s) say nothing of pictures where a person collects and teaches',
    (language) => {
      const { base, anew, pictures } = spoken[language];
      const said = leaves(inKind(base, anew), '').filter(([path]) =>
        /^(common|fineTune|live|prepare|use\.(batch|try))\./.test(path),
      );
      // What is shown for pictures only.
      const kept =
        /sample|record\.|first-frames|metadata|blurred|dark|near-duplicates|fields\.(flip|rotate)|nearDuplicates/;
      const found = said.filter(
        ([path, text]) => !kept.test(path) && pictures.test(text.replaceAll(/\{\{.*?\}\}/g, '')),
      );
      expect(found).toEqual([]);
    },
  );

  it('keep what is filled in', () => {
    const values = new Map(leaves(en, '').map(([path, text]) => [path, placeholders(text)]));
    for (const [path, text] of leaves(inKind(en, inEnglish), '')) {
      for (const name of placeholders(text)) {
        const isDetail = path === 'errors.file-unsupported';
        expect(isDetail || values.get(path)?.includes(name), path).toBe(true);
      }
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
