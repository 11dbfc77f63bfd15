import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { SampleKind } from '../../src/index.ts';
import type { English } from './en/index.ts';
import { inKind, type KindCopy } from './in-kind.ts';

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

const REMEMBERED = 'graft-language';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: English;
  }
}

/** The remembered language, else the first of the browser's that we speak, else English. */
export function preferredLanguage(remembered: string | null, browser: readonly string[]): Language {
  const wanted = [remembered ?? '', ...browser].map((tag) => tag.toLowerCase().split('-')[0]);
  return (
    LANGUAGES.find((language) => language === wanted.find((tag) => tag === 'en' || tag === 'zh')) ?? 'en'
  );
}

/** Starts i18next with one language; the other is loaded when it is chosen. */
export async function startCopy(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'none',
    fallbackLng: false,
    defaultNS: 'common',
    resources: {},
    interpolation: { escapeValue: false },
    returnNull: false,
    showSupportNotice: false,
  });
  await setLanguage(preferredLanguage(readRemembered(), navigator.languages));
}

/** What the samples of the project are: sentences speak of these. */
let sampleKind: SampleKind = 'picture';

/** Says everything in the words of another kind of sample. Before the start it is only noted. */
export async function setSampleKind(kind: SampleKind): Promise<void> {
  if (kind === sampleKind) return;
  sampleKind = kind;
  if (!i18next.isInitialized) return;
  for (const language of LANGUAGES) {
    if (i18next.hasResourceBundle(language, 'common')) await fillIn(language);
  }
  // What is on the page is drawn anew when a language is chosen, be it the same.
  await i18next.changeLanguage(i18next.language);
}

/** Adds the catalogues of a language in the words of the present kind, even if that changes meanwhile. */
async function fillIn(language: Language): Promise<void> {
  const kind = sampleKind;
  for (const [namespace, catalogue] of Object.entries(await loadCatalogues(language, kind))) {
    i18next.addResourceBundle(language, namespace, catalogue, false, true);
  }
  if (kind !== sampleKind) await fillIn(language);
}

export async function setLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'common')) await fillIn(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
  try {
    localStorage.setItem(REMEMBERED, language);
  } catch {
    // Storage is refused: the choice lasts until the page is closed.
  }
}

export function currentLanguage(): Language {
  return i18next.language === 'zh' ? 'zh' : 'en';
}

async function loadCatalogues(language: Language, kind: SampleKind): Promise<object> {
  const catalogues =
    language === 'zh' ? (await import('./zh/index.ts')).zh : (await import('./en/index.ts')).en;
  if (kind === 'picture') return catalogues;
  return inKind(catalogues, await IN_KIND[kind][language]());
}

/** What another kind of sample is called, loaded when a project has it. */
const IN_KIND: Readonly<
  Record<Exclude<SampleKind, 'picture'>, Readonly<Record<Language, () => Promise<KindCopy>>>>
> = {
  sound: {
    en: async () => (await import('./en/for-sounds.ts')).forSounds,
    zh: async () => (await import('./zh/for-sounds.ts')).forSounds,
  },
  text: {
    en: async () => (await import('./en/for-texts.ts')).forTexts,
    zh: async () => (await import('./zh/for-texts.ts')).forTexts,
  },
};

function readRemembered(): string | null {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}
