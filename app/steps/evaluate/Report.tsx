import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EvaluationReport, ProjectSnapshot, RunSummary } from '../../../src/index.ts';
import { useSay } from '../../copy/use-say.ts';
import { evaluateRun } from '../../store/evaluate-actions.ts';
import { selectExamSamples } from '../../store/exam-selection.ts';
import { useSampleKind } from '../../store/sample-kind.ts';
import { goToStep, useApp } from '../../store/store.ts';
import { Calibration } from './Calibration.tsx';
import { ClassTable } from './ClassTable.tsx';
import { Confusions } from './Confusions.tsx';
import styles from './EvaluateStep.module.css';
import { Headline } from './Headline.tsx';
import { Matrix } from './Matrix.tsx';
import { Mistakes } from './Mistakes.tsx';
import { ReportCard, type ReportCardProps } from './ReportCard.tsx';
import { Retrain } from './Retrain.tsx';
import { Scores } from './Scores.tsx';
import { isReportStale, isRunStale, namedClasses, type MatrixCell } from './exam.ts';
import { FeatureMapPanel } from './map/FeatureMapPanel.tsx';
import { StressPanel } from './stress/StressPanel.tsx';
import { useExamScores, useExamTable } from './use-exam-table.ts';

interface ReportProps {
  readonly project: ProjectSnapshot;
  readonly run: RunSummary;
  readonly report: EvaluationReport;
  /** Another run is to be shown. */
  readonly onShow: (runId: string) => void;
}

/** One result: the sentence, the matrix, the wrong pictures, the classes. */
export function Report({ project, run, report, onShow }: ReportProps) {
  const [cell, setCell] = useState<MatrixCell | null>(null);
  const classes = namedClasses(report, run, project);
  const { sayError } = useSay();
  const kind = useSampleKind();
  const selected = useApp(({ examSelection }) => examSelection);
  const selection = selected?.runId === run.id ? selected : null;
  const { table, error } = useExamTable(report);
  const choose = (next: MatrixCell | null) => {
    selectExamSamples(null);
    setCell(next);
  };
  return (
    <>
      <Headline report={report} openings={project.openings} />
      <Stale project={project} run={run} report={report} />
      <Matrix report={report} classes={classes} chosen={selection === null ? cell : null} onChoose={choose} />
      <Confusions report={report} classes={classes} onChoose={choose} />
      <Mistakes
        project={project}
        report={report}
        classes={classes}
        cell={cell}
        selection={selection}
        onAll={() => choose(null)}
      />
      <Retrain project={project} run={run} report={report} classes={classes} onShow={onShow} />
      <ClassTable report={report} classes={classes} />
      <FeatureMapPanel project={project} report={report} classes={classes} />
      {kind === 'picture' && <StressPanel run={run} classes={classes} splitHash={project.split?.hash} />}
      {table === null ? (
        <p className={styles.warning}>{sayError(error)}</p>
      ) : (
        <Judged project={project} run={run} report={report} table={table} classes={classes} />
      )}
    </>
  );
}

/** What follows from the table of predictions: how sure, how good, and the card that tells it. */
function Judged(props: Omit<ReportCardProps, 'exam'>) {
  const { run, report, table, classes } = props;
  const exam = useExamScores(table);
  return (
    <>
      <Calibration run={run} report={report} table={table} />
      <Scores report={report} exam={exam} classes={classes} />
      <ReportCard {...props} exam={exam} />
    </>
  );
}

function Stale({ project, run, report }: Omit<ReportProps, 'onShow'>) {
  const { t } = useTranslation('evaluate');
  const runStale = isRunStale(run, project);
  if (!runStale && !isReportStale(report, project)) return null;
  return (
    <div className={styles.stale} role="status">
      <IconAlertTriangle size={20} stroke={1.6} aria-hidden />
      <p>{t(runStale ? 'staleData' : 'staleReport')}</p>
      <Button variant="default" size="compact-md" onClick={() => void evaluateRun(run.id)}>
        {t('examineAgain')}
      </Button>
      {runStale && (
        <Button variant="default" size="compact-md" onClick={() => goToStep('fine-tune')}>
          {t('teachAgain')}
        </Button>
      )}
    </div>
  );
}
