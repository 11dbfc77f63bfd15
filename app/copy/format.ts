import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

/** Numbers and times in the person's language. Units as people read them, rounded to what is known. */
export interface Format {
  /** 1234567 -> 1,234,567 */
  readonly count: (value: number) => string;
  /** 1234567 -> 1.2 million (zh: 123 万) */
  readonly compact: (value: number) => string;
  /** 0.814 -> 81 % */
  readonly percent: (fraction: number, digits?: number) => string;
  /** Of a p-value: 0.42 -> 42 %, 0.013 -> 1.3 %, 0.00001 -> < 0.1 % */
  readonly chance: (probability: number) => string;
  readonly number: (value: number, digits?: number) => string;
  /** 1900000 -> 1.9 MB */
  readonly bytes: (bytes: number) => string;
  /** 40200 -> 40 s */
  readonly duration: (ms: number) => string;
  /** Clock time of a moment. */
  readonly time: (atMs: number) => string;
}

/** A smaller chance is said to be below this: to many it would read as none. */
const LEAST_CHANCE = 0.001;

export function useFormat(): Format {
  const { t, i18n } = useTranslation('common');
  const language = i18n.language;
  return useMemo(() => {
    const locale = language === 'zh' ? 'zh-CN' : 'en-GB';
    const number = (value: number, digits = 0) =>
      new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
    const percent = (fraction: number, digits = 0) =>
      `${number(fraction * 100, digits)}${language === 'zh' ? '%' : '\u00a0%'}`;
    return {
      count: (value) => number(value),
      compact: (value) => compact(value, locale),
      percent,
      chance: (probability) =>
        probability < LEAST_CHANCE
          ? `<\u00a0${percent(LEAST_CHANCE, 1)}`
          : percent(probability, probability < 0.1 ? 1 : 0),
      number,
      bytes: (bytes) => {
        const [value, unit] = scaleBytes(bytes);
        return `${number(value, value < 10 && unit !== 'B' ? 1 : 0)} ${unit}`;
      },
      duration: (ms) => {
        const seconds = Math.max(0, Math.round(ms / 1000));
        if (seconds < 90) return t('duration.seconds', { count: seconds });
        const minutes = Math.floor(seconds / 60);
        if (minutes < 10) return t('duration.minutesSeconds', { minutes, seconds: seconds % 60 });
        if (minutes < 90) return t('duration.minutes', { count: Math.round(seconds / 60) });
        return t('duration.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
      },
      time: (atMs) => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(atMs),
    };
  }, [language, t]);
}

/** Decimal units, as disks and networks are sold. */
export function scaleBytes(bytes: number): readonly [number, 'B' | 'kB' | 'MB' | 'GB'] {
  if (bytes >= 1e9) return [bytes / 1e9, 'GB'];
  if (bytes >= 1e6) return [bytes / 1e6, 'MB'];
  if (bytes >= 1e3) return [bytes / 1e3, 'kB'];
  return [bytes, 'B'];
}

function compact(value: number, locale: string): string {
  const display = locale.startsWith('zh') ? 'short' : 'long';
  return new Intl.NumberFormat(locale, {
    notation: 'compact',
    compactDisplay: display,
    maximumSignificantDigits: 2,
  }).format(value);
}
