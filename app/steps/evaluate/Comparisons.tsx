import { Button } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DEEP_BLOCKS, type ProjectSnapshot, type TrainSettings } from '../../../src/index.ts';
import { ProgressRow } from '../../components/ProgressRow.tsx';
import { useFormat } from '../../copy/format.ts';
import { runComparison } from '../../store/compare-actions.ts';
import { useApp } from '../../store/store.ts';
import { cancelTask } from '../../store/tasks.ts';
import { estimateTraining } from '../../store/train-actions.ts';
import styles from './EvaluateStep.module.css';
import own from './Scores.module.css';
import { COMPARISONS, comparisonPlans, type ComparisonKind } from './comparison-plans.ts';

/** Comparisons at one press, each on today's split, with what it would cost. */
export function Comparisons({ project }: { readonly project: ProjectSnapshot }) {
  const { t } = useTranslation('exam');
  const task = useApp(({ tasks }) => tasks.compare);
  const training = useApp(({ tasks }) => tasks.train);
  return (
    <section className={styles.section} aria-labelledby="teach-title">
      <h2 id="teach-title" className={styles.title}>
        {t('teach.title')}
      </h2>
      <p className={styles.lead}>{t('teach.lead')}</p>
      {task === undefined ? (
        <div className={own.choices}>
          {COMPARISONS.map((kind) => (
            <Choice key={kind} kind={kind} project={project} disabled={training !== undefined} />
          ))}
        </div>
      ) : (
        <ProgressRow
          label={t('teach.running', { done: task.done + 1, total: task.total ?? 0 })}
          unit="parts"
          done={task.done}
          total={task.total}
          onCancel={() => cancelTask('compare')}
        />
      )}
    </section>
  );
}

interface ChoiceProps {
  readonly kind: ComparisonKind;
  readonly project: ProjectSnapshot;
  readonly disabled: boolean;
}

function Choice({ kind, project, disabled }: ChoiceProps) {
  const { t } = useTranslation('exam');
  const format = useFormat();
  const model = useApp((state) => state.model);
  const { train } = project.settings;
  const plans = useMemo(
    () =>
      model === null
        ? []
        : comparisonPlans(kind, train, { blocks: model.blocks.length, canOpen: !model.card.headOnly }),
    [kind, train, model],
  );
  const seconds = usePlansCost(plans, project.split?.hash);
  if (plans.length === 0) return null;
  return (
    <div className={own.choice}>
      <div>
        <h3>{t(`teach.${kind}`)}</h3>
        <p className={styles.lead}>{t(`teach.${kind}Lead`, { count: DEEP_BLOCKS })}</p>
      </div>
      <Button variant="default" disabled={disabled} onClick={() => void runComparison(plans)}>
        {t('teach.start', { time: seconds === null ? t('teach.cost') : format.duration(seconds * 1000) })}
      </Button>
    </div>
  );
}

/** What all plans together would take, s; `null` while it is not known. */
function usePlansCost(plans: readonly TrainSettings[], splitHash: string | undefined): number | null {
  const [seconds, setSeconds] = useState<number | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    Promise.all(plans.map((plan) => estimateTraining(plan, signal)))
      .then((found) => {
        if (!signal.aborted) setSeconds(found.reduce((sum, one) => sum + one.seconds, 0));
      })
      .catch(() => {
        // Not ready or cancelled: the button says that it is estimating.
      });
    return () => controller.abort();
  }, [plans, splitHash]);
  return seconds;
}
