import { useTranslation } from 'react-i18next';
import type { EvaluationReport } from '../../../src/index.ts';
import { useFormat } from '../../copy/format.ts';
import styles from './EvaluateStep.module.css';
import { IntervalBar } from './IntervalBar.tsx';
import { examSize } from './exam.ts';

/** The honest number, as one sentence. */
export function Headline({ report }: { readonly report: EvaluationReport }) {
  const { t } = useTranslation('evaluate');
  const format = useFormat();
  const { total, correct, accuracy, accuracyInterval } = report;
  const size = examSize(total);
  if (size === 'none') return <p className={styles.sentence}>{t('noTest')}</p>;
  return (
    <section className={styles.headline} role="status">
      <p className={styles.sentence}>
        {t('result', {
          pictures: t('resultPictures', { count: total }),
          correct: format.count(correct),
          low: format.percent(accuracyInterval.low),
          high: format.percent(accuracyInterval.high),
        })}
      </p>
      <IntervalBar accuracy={accuracy} interval={accuracyInterval} large />
      <p className={styles.meaning}>{t('resultMeaning', { accuracy: format.percent(accuracy) })}</p>
      {size === 'glimpse' && <p className={styles.warning}>{t('tiny', { count: total })}</p>}
      {size === 'small' && <p className={styles.meaning}>{t('small', { count: total })}</p>}
    </section>
  );
}
