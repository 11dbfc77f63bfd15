import { useTranslation } from 'react-i18next';
import { FREE_OPENINGS, timesOpened, type EvaluationReport, type Opening } from '../../../src/index.ts';
import { useFormat } from '../../copy/format.ts';
import styles from './EvaluateStep.module.css';
import { IntervalBar } from './IntervalBar.tsx';
import { examSize } from './exam.ts';

interface HeadlineProps {
  readonly report: EvaluationReport;
  readonly openings: readonly Opening[];
}

/** The honest number, as one sentence, and how often it was looked for. */
export function Headline({ report, openings }: HeadlineProps) {
  const { t } = useTranslation('evaluate');
  const format = useFormat();
  const { total, correct, accuracy, accuracyInterval } = report;
  const size = examSize(total);
  const opened = report.side === 'test' ? timesOpened(openings, report.splitHash) : 0;
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
      {opened > 0 && (
        <p className={styles.meaning}>
          {t(opened > FREE_OPENINGS ? 'openedOften' : 'opened', { count: opened })}
        </p>
      )}
    </section>
  );
}
