import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { English } from './en/index.ts';

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

export async function setLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'common')) {
    for (const [namespace, catalogue] of Object.entries(await loadCatalogues(language))) {
      i18next.addResourceBundle(language, namespace, catalogue);
    }
  }
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

async function loadCatalogues(language: Language): Promise<object> {
  return language === 'zh' ? (await import('./zh/index.ts')).zh : (await import('./en/index.ts')).en;
}

function readRemembered(): string | null {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}
