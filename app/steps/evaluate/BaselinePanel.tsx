import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import {
  comparePaired,
  wilsonInterval,
  type Baseline,
  type EvaluationReport,
  type ProjectSnapshot,
  type RunSummary,
} from '../../../src/index.ts';
import { ProgressRow } from '../../components/ProgressRow.tsx';
import { useFormat } from '../../copy/format.ts';
import { examineBaseline } from '../../store/evaluate-actions.ts';
import { useApp } from '../../store/store.ts';
import { cancelTask } from '../../store/tasks.ts';
import styles from './EvaluateStep.module.css';
import { IntervalBar } from './IntervalBar.tsx';
import own from './Scores.module.css';
import { SIGNIFICANT } from './exam.ts';

interface BaselinePanelProps {
  readonly project: ProjectSnapshot;
  readonly run: RunSummary;
}

/** What counting words gets right in the same exam, and whether a run that read before does better. Of texts only. */
export function BaselinePanel({ project, run }: BaselinePanelProps) {
  const { t } = useTranslation('exam');
  const task = useApp(({ tasks }) => tasks.baseline);
  const baseline = useApp((state) => state.baseline);
  const shown = baseline?.splitHash === project.split?.hash ? baseline : null;
  return (
    <section className={styles.section} aria-labelledby="baseline-title">
      <h2 id="baseline-title" className={styles.title}>
        {t('baseline.title')} <span className={styles.term}>({t('baseline.term')})</span>
      </h2>
      <p className={styles.lead}>{t('baseline.lead')}</p>
      <div className={own.place}>
        {task === undefined ? (
          <Button variant="default" onClick={() => void examineBaseline()}>
            {t(shown === null ? 'baseline.start' : 'baseline.again')}
          </Button>
        ) : (
          <ProgressRow
            label={t('baseline.working')}
            unit="parts"
            done={task.done}
            total={task.total}
            rate={task.rate}
            remainingMs={task.remainingMs}
            onCancel={() => cancelTask('baseline')}
          />
        )}
      </div>
      {shown !== null && <Verdict run={run} report={project.reports[run.id]} baseline={shown} />}
    </section>
  );
}

interface VerdictProps {
  readonly run: RunSummary;
  readonly report: EvaluationReport | undefined;
  readonly baseline: Baseline;
}

function Verdict({ run, report, baseline }: VerdictProps) {
  const { t } = useTranslation('exam');
  const { predictions } = baseline;
  const right = predictions.filter(({ truth, predicted }) => truth === predicted).length;
  return (
    <div className={own.sentences} role="status">
      <Score name={t('baseline.words')} right={right} total={predictions.length} />
      {report?.splitHash === baseline.splitHash && (
        <>
          <Score name={`${t('compare.run')} ${run.number}`} right={report.correct} total={report.total} />
          <Sentence run={run} report={report} baseline={baseline} />
        </>
      )}
    </div>
  );
}

function Score({
  name,
  right,
  total,
}: {
  readonly name: string;
  readonly right: number;
  readonly total: number;
}) {
  const { t } = useTranslation('exam');
  const format = useFormat();
  const interval = wilsonInterval(right, total);
  const share = total === 0 ? 0 : right / total;
  return (
    <div className={own.versus}>
      <span>
        {t('baseline.score', {
          name,
          accuracy: format.percent(share),
          right: format.count(right),
          total: format.count(total),
          low: format.percent(interval.low),
          high: format.percent(interval.high),
        })}
      </span>
      <IntervalBar accuracy={share} interval={interval} />
    </div>
  );
}

function Sentence({ run, report, baseline }: VerdictProps & { readonly report: EvaluationReport }) {
  const { t } = useTranslation('exam');
  const format = useFormat();
  const found = comparePaired(
    baseline.predictions,
    report.predictions,
    (one, other) => baseline.classIds[one.truth] === report.classIds[other.truth],
  );
  if (found.common === 0 || found.difference === null) return null;
  const isWorse = found.difference < 0;
  const verdict = found.pValue >= SIGNIFICANT ? 'noise' : isWorse ? 'worse' : 'worth';
  const { low, high } = found.interval;
  // "Less" is said in words; of a difference that may be none, the sign is part of what is said.
  const [from, to] = verdict === 'worse' ? [-high, -low] : [low, high];
  return (
    <p>
      <strong>
        {t(`baseline.${verdict}`, {
          number: run.number,
          points: format.number(100 * (verdict === 'worse' ? -1 : 1) * found.difference, 1),
          low: format.number(100 * from, 1),
          high: format.number(100 * to, 1),
          p: format.chance(found.pValue),
        })}
      </strong>
    </p>
  );
}
