import { useTranslation } from 'react-i18next';
import { SAMPLE_SETS } from '../../../src/index.ts';
import type { SampleSetId } from '../../../src/index.ts';
import { takeSampleSet } from '../../store/data-actions.ts';
import { useApp } from '../../store/store.ts';

/** Takes a sample set, with class names in the person's language; a spoken word is its own name. */
export function useTakeSamples(): {
  readonly takeSamples: (set: SampleSetId) => void;
  readonly taking: boolean;
} {
  const { t } = useTranslation('prepare');
  const taking = useApp(({ tasks }) => tasks['sample-set'] !== undefined);
  const takeSamples = (set: SampleSetId) => {
    const chosen = SAMPLE_SETS[set];
    const names =
      chosen.kind === 'sound' ? chosen.classes : chosen.classes.map((name) => t(`sample.${name}`));
    void takeSampleSet(set, names);
  };
  return { takeSamples, taking };
}
