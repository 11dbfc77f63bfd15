import { useTranslation } from 'react-i18next';
import { ClassMark } from '../../components/ClassMark.tsx';
import { useFormat } from '../../copy/format.ts';
import styles from './Matrix.module.css';
import type { NamedClass } from './exam.ts';

interface MatrixRowProps {
  /** Index of the class whose pictures the row holds. */
  readonly truth: number;
  readonly counts: readonly number[];
  readonly classes: readonly NamedClass[];
  /** Column under the keyboard. */
  readonly active: number | null;
  readonly chosen: number | null;
}

/** One class: where its pictures went. Shade is the share of the row; green is right, amber is wrong. */
export function MatrixRow({ truth, counts, classes, active, chosen }: MatrixRowProps) {
  const { t } = useTranslation('evaluate');
  const format = useFormat();
  const own = classes[truth];
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (own === undefined) return null;
  return (
    <div role="row" aria-rowindex={truth + 2} className={styles.row}>
      <span role="rowheader" className={styles.rowHead} title={own.name}>
        <ClassMark index={own.index} size="small" />
        <span className={styles.rowName}>{own.name}</span>
        <span className={styles.total}>{format.count(total)}</span>
      </span>
      {counts.map((count, predicted) => {
        const right = predicted === truth;
        const values = { count, truth: own.name, predicted: classes[predicted]?.name ?? '' };
        const cell = truth * classes.length + predicted;
        return (
          <span
            key={predicted}
            id={`matrix-${cell}`}
            role="gridcell"
            aria-selected={chosen === predicted}
            aria-label={right ? t('matrix.cellRight', values) : t('matrix.cell', values)}
            data-cell={cell}
            data-kind={count === 0 ? 'none' : right ? 'right' : 'wrong'}
            data-active={active === predicted || undefined}
            className={styles.cell}
            style={count === 0 ? undefined : { '--share': count / total }}
          >
            {count === 0 ? '' : format.count(count)}
          </span>
        );
      })}
    </div>
  );
}
