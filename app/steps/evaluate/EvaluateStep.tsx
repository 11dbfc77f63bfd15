import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { opensBeyondFree, timesOpened, type ProjectSnapshot, type RunSummary } from '../../../src/index.ts';
import { ProgressRow } from '../../components/ProgressRow.tsx';
import { StepFrame } from '../../components/StepFrame.tsx';
import { evaluateRun } from '../../store/evaluate-actions.ts';
import { useSampleKind } from '../../store/sample-kind.ts';
import { goToStep, useApp } from '../../store/store.ts';
import { cancelTask } from '../../store/tasks.ts';
import { NextStep } from '../NextStep.tsx';
import { BaselinePanel } from './BaselinePanel.tsx';
import { Comparison } from './Comparison.tsx';
import { Comparisons } from './Comparisons.tsx';
import styles from './EvaluateStep.module.css';
import { LearningCurvePanel } from './LearningCurvePanel.tsx';
import { Report } from './Report.tsx';
import { RunTable } from './RunTable.tsx';
import { usableRuns } from './exam.ts';
import { useAutoExam } from './use-auto-exam.ts';

/** What a run got right on pictures it had never seen, and what it took for what. */
export function EvaluateStep() {
  const { t } = useTranslation('evaluate');
  const project = useApp((state) => state.project);
  const kind = useSampleKind();
  const [chosen, setChosen] = useState<string | null>(null);
  if (project === null) return null;
  const runs = usableRuns(project.runs);
  const run = runs.find(({ id }) => id === (chosen ?? project.activeRunId)) ?? runs[0];
  return (
    <StepFrame title={t('title')} footer={<NextStep to="use" />}>
      {run === undefined ? (
        <p>{t('noRuns')}</p>
      ) : (
        <>
          <RunResult project={project} run={run} onShow={setChosen} />
          <RunTable project={project} runs={runs} shown={run.id} onShow={setChosen} />
          <Comparison project={project} runs={runs} />
          {project.split !== null && project.split.test.length > 0 && (
            <>
              {kind === 'text' && <BaselinePanel project={project} run={run} />}
              <Comparisons project={project} />
              <LearningCurvePanel project={project} />
            </>
          )}
        </>
      )}
    </StepFrame>
  );
}

interface RunResultProps {
  readonly project: ProjectSnapshot;
  readonly run: RunSummary;
  readonly onShow: (runId: string) => void;
}

function RunResult({ project, run, onShow }: RunResultProps) {
  const { t } = useTranslation('evaluate');
  const task = useApp(({ tasks }) => tasks.evaluate);
  const report = project.reports[run.id];
  const nothingKept = project.split === null || project.split.test.length === 0;
  const sealed =
    project.split !== null && !nothingKept && opensBeyondFree(project.openings, project.split.hash, [run.id]);
  // What is sealed is opened when the person asks for it, not because they came by.
  useAutoExam(run.id, report === undefined && !nothingKept && !sealed);
  if (task !== undefined) {
    return (
      <div className={styles.place}>
        <ProgressRow
          label={t('examining', { number: run.number })}
          unit="pictures"
          done={task.done}
          total={task.total}
          rate={task.rate}
          remainingMs={task.remainingMs}
          onCancel={() => cancelTask('evaluate')}
        />
      </div>
    );
  }
  if (report !== undefined) {
    return <Report key={run.id} project={project} run={run} report={report} onShow={onShow} />;
  }
  return (
    <div className={styles.notYet}>
      <p>{t(nothingKept ? 'noTest' : 'notExamined')}</p>
      {sealed && <p>{t('sealed', { count: timesOpened(project.openings, project.split.hash) })}</p>}
      {nothingKept ? (
        <Button onClick={() => goToStep('prepare')}>{t('toPrepare')}</Button>
      ) : (
        <Button onClick={() => void evaluateRun(run.id)}>{t('examine')}</Button>
      )}
    </div>
  );
}
