import { useTranslation } from 'react-i18next';
import { wilsonInterval, type EvaluationReport, type Interval } from '../../../src/index.ts';
import { ClassMark } from '../../components/ClassMark.tsx';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { useFormat } from '../../copy/format.ts';
import styles from './EvaluateStep.module.css';
import type { NamedClass } from './exam.ts';

/** Fewer exam pictures than this and a class's numbers jump by a fifth with each. */
const FEW = 5;
const SCORES = ['recall', 'precision', 'f1'] as const;

interface ClassTableProps {
  readonly report: EvaluationReport;
  readonly classes: readonly NamedClass[];
}

/** Precision, recall and F1 of each class, with plain words first and their ranges. */
export function ClassTable({ report, classes }: ClassTableProps) {
  const { t } = useTranslation('evaluate');
  const format = useFormat();
  return (
    <section className={styles.section} aria-labelledby="classes-title">
      <h2 id="classes-title" className={styles.title}>
        {t('classes.title')}
      </h2>
      <dl className={styles.hints}>
        {SCORES.map((score) => (
          <div key={score}>
            <dt>{t(`classes.${score}`)}</dt>
            <dd>{t(`classes.${score}Hint`)}</dd>
          </div>
        ))}
      </dl>
      <ScrollRegion className={styles.scroll} labelledBy="classes-title">
        <table className={styles.table} aria-labelledby="classes-title">
          <thead>
            <tr>
              <th scope="col">{t('classes.class')}</th>
              <th scope="col" className={styles.number}>
                {t('classes.support')}
              </th>
              {SCORES.map((score) => (
                <th key={score} scope="col" className={styles.number}>
                  {t(`classes.${score}`)} <span className={styles.term}>({t(`classes.${score}Term`)})</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.perClass.map(({ classId, support, ...scores }, at) => (
              <tr key={classId}>
                <th scope="row">
                  <ClassName named={classes[at]} />
                </th>
                <td className={styles.number}>
                  {support < FEW && (
                    <span className={styles.tag} title={t('classes.fewHint')}>
                      {t('classes.few')}
                    </span>
                  )}{' '}
                  {format.count(support)}
                </td>
                {SCORES.map((score) => (
                  <td key={score} className={styles.number}>
                    <Score value={scores[score]} range={rangeOf(report, at, score)} />
                  </td>
                ))}
              </tr>
            ))}
            <tr className={styles.mean}>
              <th scope="row">{t('classes.mean')}</th>
              <td className={styles.number}>{format.count(report.total)}</td>
              <td />
              <td />
              <td className={styles.number}>{format.percent(report.macroF1)}</td>
            </tr>
          </tbody>
        </table>
      </ScrollRegion>
    </section>
  );
}

/** Of a share, Wilson, 95 %. F1 is none. */
function rangeOf(
  { confusion }: EvaluationReport,
  at: number,
  score: (typeof SCORES)[number],
): Interval | null {
  const right = confusion[at]?.[at] ?? 0;
  const own = confusion[at] ?? [];
  const named = confusion.map((row) => row[at] ?? 0);
  const total = (score === 'recall' ? own : named).reduce((sum, count) => sum + count, 0);
  return score === 'f1' || total === 0 ? null : wilsonInterval(right, total);
}

interface ScoreProps {
  readonly value: number | null;
  readonly range: Interval | null;
}

function Score({ value, range }: ScoreProps) {
  const { t } = useTranslation('evaluate');
  const format = useFormat();
  if (value !== null) {
    return (
      <>
        {format.percent(value)}
        {range !== null && (
          <span className={styles.range}>
            {t('runs.range', { low: format.percent(range.low), high: format.percent(range.high) })}
          </span>
        )}
      </>
    );
  }
  return (
    <span className={styles.empty} title={t('classes.noneHint')}>
      {t('classes.none')}
    </span>
  );
}

function ClassName({ named }: { readonly named: NamedClass | undefined }) {
  if (named === undefined) return null;
  return (
    <span className={styles.named}>
      <ClassMark index={named.index} size="small" />
      <span className={styles.name} title={named.name}>
        {named.name}
      </span>
    </span>
  );
}
