import { useTranslation } from 'react-i18next';
import { useFormat } from '../copy/format.ts';

/** A probability in words: nothing is ever called certain. */
export function useProbability(): (probability: number) => string {
  const { t } = useTranslation('live');
  const format = useFormat();
  return (probability) => {
    if (probability > 0.99) return t('almostSure');
    if (probability < 0.01) return t('almostNot');
    return format.percent(probability);
  };
}
