import { UnstyledButton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { largestConfusions, type EvaluationReport } from '../../../src/index.ts';
import { useFormat } from '../../copy/format.ts';
import own from './Confusions.module.css';
import styles from './EvaluateStep.module.css';
import type { MatrixCell, NamedClass } from './exam.ts';

interface ConfusionsProps {
  readonly report: EvaluationReport;
  readonly classes: readonly NamedClass[];
  readonly onChoose: (cell: MatrixCell) => void;
}

/** With up to so many classes the matrix says it at a glance. */
const FEW_CLASSES = 8;
const MOST = 8;

/** What a matrix of many classes is read for: its largest wrong cells, each leading to its pictures. */
export function Confusions({ report, classes, onChoose }: ConfusionsProps) {
  const { t } = useTranslation('exam');
  const format = useFormat();
  const found = classes.length > FEW_CLASSES ? largestConfusions(report.confusion, MOST) : [];
  if (found.length === 0) return null;
  return (
    <section className={styles.section} aria-labelledby="confusions-title">
      <h3 id="confusions-title" className={own.title}>
        {t('scores.confusions')}
      </h3>
      <ul className={own.list}>
        {found.map(({ truth, predicted, count, share }) => (
          <li key={`${truth}-${predicted}`}>
            <UnstyledButton className={own.choice} onClick={() => onChoose({ truth, predicted })}>
              {t('scores.confusion', {
                truth: classes[truth]?.name ?? '',
                predicted: classes[predicted]?.name ?? '',
              })}
              <span className={styles.term}>
                {t('scores.confusionCount', { count, share: format.percent(share) })}
              </span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
