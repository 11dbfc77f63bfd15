import { NativeSelect } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  classRanking,
  precisionRecallCurve,
  rocCurve,
  SCORE_NAMES,
  type EvaluationReport,
  type PredictionTable,
  type ScoreName,
} from '../../../src/index.ts';
import { UnitChart } from '../../charts/UnitChart.tsx';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { useFormat } from '../../copy/format.ts';
import styles from './EvaluateStep.module.css';
import own from './Scores.module.css';
import type { NamedClass } from './exam.ts';
import type { ExamScores } from './use-exam-table.ts';

interface ScoresProps {
  readonly report: EvaluationReport;
  readonly exam: ExamScores;
  readonly classes: readonly NamedClass[];
}

/** Scores that are no share: written as a number. */
const PLAIN: ReadonlySet<ScoreName> = new Set(['logLoss', 'auroc', 'averagePrecision', 'kappa', 'matthews']);
/** The same as a row that stands there: balanced accuracy, and accuracy. */
const REPEATED: ReadonlySet<ScoreName> = new Set(['recallMacro', 'f1Micro']);
/** With so few classes the first three are all, or nearly. */
const LEAST_FOR_TOP3 = 5;

/** The further scores with their ranges, and the curves of one class. */
export function Scores({ report, exam: { ranked, scores, intervals }, classes }: ScoresProps) {
  const { t } = useTranslation('exam');
  const format = useFormat();
  const say = useScoreWords();
  const names = SCORE_NAMES.filter(
    (name) => !REPEATED.has(name) && (name !== 'top3' || classes.length >= LEAST_FOR_TOP3),
  );
  return (
    <details className={own.details}>
      <summary>
        <h2 id="scores-title" className={styles.title}>
          {t('scores.title')}
        </h2>
      </summary>
      <p className={styles.lead}>{t('scores.lead')}</p>
      <ScrollRegion className={styles.scroll} labelledBy="scores-title">
        <table className={styles.table} aria-labelledby="scores-title">
          <thead>
            <tr>
              <th scope="col">{t('scores.score')}</th>
              <th scope="col" className={styles.number}>
                {t('scores.value')}
              </th>
              <th scope="col" className={styles.number}>
                {t('scores.range')}
              </th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => {
              const value = scores[name];
              // The headline's range is Wilson's: the same number twice must not have two ranges.
              const range = name === 'accuracy' ? report.accuracyInterval : intervals?.[name];
              return (
                <tr key={name}>
                  <th scope="row">
                    {t(`scores.names.${name}`)}{' '}
                    <span className={styles.term}>({t(`scores.terms.${name}`)})</span>
                  </th>
                  <td className={styles.number}>
                    {value === null ? (
                      <span className={styles.empty}>{t('scores.none')}</span>
                    ) : (
                      say(name, value)
                    )}
                  </td>
                  <td className={styles.number}>
                    {value === null || range === undefined || range === null
                      ? ''
                      : `${say(name, range.low)} – ${say(name, range.high)}`}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </ScrollRegion>
      <Curves table={ranked.table} classes={classes} percent={format.percent} />
    </details>
  );
}

/** A score as it is written: a share in per cent, anything else with two decimals. */
export function useScoreWords(): (name: ScoreName, value: number) => string {
  const format = useFormat();
  return (name, value) => (PLAIN.has(name) ? format.number(value, 2) : format.percent(value));
}

interface CurvesProps {
  readonly table: PredictionTable;
  readonly classes: readonly NamedClass[];
  readonly percent: (share: number) => string;
}

function Curves({ table, classes, percent }: CurvesProps) {
  const { t } = useTranslation('exam');
  const [at, setAt] = useState(0);
  const curves = useMemo(() => {
    const ranking = classRanking(table, at);
    return { roc: rocCurve(ranking), pr: precisionRecallCurve(ranking) };
  }, [table, at]);
  return (
    <>
      <h3 className={own.subtitle}>{t('scores.curves')}</h3>
      <p className={styles.lead}>{t('scores.curvesLead')}</p>
      <NativeSelect
        className={own.select}
        label={t('scores.class')}
        value={String(at)}
        data={classes.map(({ name }, index) => ({ value: String(index), label: name }))}
        onChange={(event) => setAt(Number(event.currentTarget.value))}
      />
      {curves.roc.length === 0 || curves.pr.length === 0 ? (
        <p className={styles.lead}>{t('scores.noCurve')}</p>
      ) : (
        <div className={own.charts}>
          <figure>
            <figcaption>{t('scores.roc')}</figcaption>
            <UnitChart
              title={t('scores.roc')}
              xLabel={t('scores.rocX')}
              yLabel={t('scores.rocY')}
              line={curves.roc}
              diagonal
              formatTick={percent}
            />
          </figure>
          <figure>
            <figcaption>{t('scores.pr')}</figcaption>
            <UnitChart
              title={t('scores.pr')}
              xLabel={t('scores.prX')}
              yLabel={t('scores.prY')}
              line={curves.pr}
              formatTick={percent}
            />
          </figure>
        </div>
      )}
    </>
  );
}
