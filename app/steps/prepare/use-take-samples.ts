import { useTranslation } from 'react-i18next';
import { takeSampleSet } from '../../store/data-actions.ts';
import { useApp } from '../../store/store.ts';

/** Draws the sample set, with class names in the person's language. */
export function useTakeSamples(): { readonly takeSamples: () => void; readonly taking: boolean } {
  const { t } = useTranslation('prepare');
  const taking = useApp(({ tasks }) => tasks['sample-set'] !== undefined);
  const takeSamples = () =>
    void takeSampleSet([t('sample.animals'), t('sample.food'), t('sample.vehicles'), t('sample.faces')]);
  return { takeSamples, taking };
}
