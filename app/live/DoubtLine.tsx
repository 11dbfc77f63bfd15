import { useTranslation } from 'react-i18next';
import type { Prediction } from '../../src/index.ts';
import classes from './DoubtLine.module.css';

/** Says when the model should not answer: above the bars, in a place that is kept, so that nothing jumps. */
export function DoubtLine({ prediction }: { readonly prediction: Prediction | null }) {
  const { t } = useTranslation('live');
  const doubt = prediction?.doubt;
  // A run that is not calibrated never doubts: no empty place for it.
  if (doubt === undefined && prediction?.novelty === undefined) return null;
  return (
    <p className={classes.line} data-doubt={doubt} role="status">
      {doubt === 'none-of-these' && t('noneOfThese')}
      {doubt === 'unsure' && t('unsure')}
    </p>
  );
}
