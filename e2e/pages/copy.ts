/** @file What the page says, from its own catalogues, so that journeys run in either language. */
import { createInstance } from 'i18next';
import { forSounds as enSounds } from '../../app/copy/en/for-sounds.ts';
import { forTexts as enTexts } from '../../app/copy/en/for-texts.ts';
import { en } from '../../app/copy/en/index.ts';
import { inKind } from '../../app/copy/in-kind.ts';
import type { MessageKey } from '../../app/copy/message.ts';
import { forSounds as zhSounds } from '../../app/copy/zh/for-sounds.ts';
import { forTexts as zhTexts } from '../../app/copy/zh/for-texts.ts';
import { zh } from '../../app/copy/zh/index.ts';
import type { SampleKind } from '../../src/core/tasks.ts';

export type Language = 'en' | 'zh';

/** The sentence of a key, with its values filled in as the page would. */
export type Say = (key: MessageKey, values?: Readonly<Record<string, string | number>>) => string;

const RESOURCES: Readonly<Record<SampleKind, () => { en: typeof en; zh: typeof zh }>> = {
  picture: () => ({ en, zh }),
  sound: () => ({ en: inKind(en, enSounds), zh: inKind(zh, zhSounds) }),
  text: () => ({ en: inKind(en, enTexts), zh: inKind(zh, zhTexts) }),
};

export function copyOf(language: Language, kind: SampleKind = 'picture'): Say {
  const i18n = createInstance();
  void i18n.init({
    lng: language,
    resources: RESOURCES[kind](),
    initAsync: false,
    showSupportNotice: false,
    interpolation: { escapeValue: false },
  });
  const translate = i18n.getFixedT<readonly (keyof typeof en)[]>(language, Object.keys(en) as never);
  return (key, values = {}) => translate(key, { ...values });
}

/** A sentence whose unknown values, given as `*`, match anything. */
export function like(sentence: string): RegExp {
  return new RegExp(
    sentence
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*'),
  );
}

/** A sentence with a count, for any count. */
export function anyCount(say: Say, key: MessageKey): RegExp {
  const forms = [1, 2].map((count) => like(say(key, { count }).replace(String(count), '*')).source);
  return new RegExp(forms.join('|'));
}
