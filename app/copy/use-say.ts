import { useTranslation } from 'react-i18next';
import type { ErrorData } from '../../src/index.ts';
import type { MessageKey } from './message.ts';

const NAMESPACES = [
  'common',
  'capture',
  'choose',
  'errors',
  'evaluate',
  'exam',
  'fineTune',
  'live',
  'ownModel',
  'prepare',
  'sound',
  'text',
  'stress',
  'use',
  'why',
  'workshop',
] as const;

interface Say {
  /** A sentence named by its full key, e.g. from the store. */
  readonly say: (key: MessageKey, values?: Readonly<Record<string, string | number | boolean>>) => string;
  /** The sentence of an error's code, with its detail filled in. */
  readonly sayError: (error: ErrorData) => string;
}

/** For sentences whose key is data. Where the key is known, `useTranslation` of its name space is enough. */
export function useSay(): Say {
  const { t } = useTranslation(NAMESPACES);
  const say: Say['say'] = (key, values = {}) => t(key, { ...values });
  return {
    say,
    sayError: ({ code, message, detail }) => say(`errors:${code}`, { ...detail, message }),
  };
}
