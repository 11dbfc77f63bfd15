import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EvaluationReport, ProjectSnapshot, RunSummary } from '../../../src/index.ts';
import { evaluateRun } from '../../store/evaluate-actions.ts';
import { goToStep } from '../../store/store.ts';
import { ClassTable } from './ClassTable.tsx';
import styles from './EvaluateStep.module.css';
import { Headline } from './Headline.tsx';
import { Matrix } from './Matrix.tsx';
import { Mistakes } from './Mistakes.tsx';
import { isReportStale, isRunStale, namedClasses, type MatrixCell } from './exam.ts';

interface ReportProps {
  readonly project: ProjectSnapshot;
  readonly run: RunSummary;
  readonly report: EvaluationReport;
}

/** One result: the sentence, the matrix, the wrong pictures, the classes. */
export function Report({ project, run, report }: ReportProps) {
  const [cell, setCell] = useState<MatrixCell | null>(null);
  const classes = namedClasses(report, run, project);
  return (
    <>
      <Headline report={report} />
      <Stale project={project} run={run} report={report} />
      <Matrix report={report} classes={classes} chosen={cell} onChoose={setCell} />
      <Mistakes project={project} report={report} classes={classes} cell={cell} onAll={() => setCell(null)} />
      <ClassTable report={report} classes={classes} />
    </>
  );
}

function Stale({ project, run, report }: ReportProps) {
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
