import { IconCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../copy/format.ts';
import { useSay } from '../copy/use-say.ts';
import { stepStatus, type StepStatus } from '../steps/step-status.ts';
import { notify } from '../store/notices.ts';
import type { StepId } from '../store/state.ts';
import { STEP_IDS } from '../store/state.ts';
import { goToStep, useApp } from '../store/store.ts';
import classes from './Rail.module.css';

/** The five steps as nodes of one stem; a bar at the bottom on a phone. */
export function Rail() {
  const { t } = useTranslation();
  const state = useApp((whole) => whole);
  return (
    <nav className={classes.rail} aria-label={t('steps.label')}>
      <ol className={classes.steps}>
        {STEP_IDS.map((id, index) => (
          <RailStep
            key={id}
            id={id}
            number={index + 1}
            status={stepStatus(id, state)}
            current={state.session.step === id}
          />
        ))}
      </ol>
      <p className={classes.privacy}>{t('header.privacy')}</p>
    </nav>
  );
}

interface RailStepProps {
  readonly id: StepId;
  readonly number: number;
  readonly status: StepStatus;
  readonly current: boolean;
}

function RailStep({ id, number, status, current }: RailStepProps) {
  const { t } = useTranslation();
  const line = useStatusLine(status);
  const waits = status.state === 'waits';
  return (
    <li className={classes.step} data-state={status.state}>
      <button
        type="button"
        className={classes.button}
        aria-current={current ? 'step' : undefined}
        aria-disabled={waits}
        title={line}
        onClick={() => {
          // On a phone the line is not drawn, and nothing hovers.
          if (waits) notify({ key: status.line });
          else goToStep(id);
        }}
      >
        <span className={classes.node} aria-hidden>
          {status.state === 'done' ? <IconCheck size={14} stroke={2.6} /> : number}
        </span>
        <span className={classes.words}>
          <span className={classes.name}>{t(`steps.${id}`)}</span>
          <span className={classes.line}>{line}</span>
        </span>
      </button>
    </li>
  );
}

function useStatusLine({ line, values, classes: classCount, pictures, accuracy }: StepStatus): string {
  const { t } = useTranslation();
  const { say } = useSay();
  const format = useFormat();
  return say(line, {
    ...values,
    ...(classCount !== undefined && { classes: t('rail.classes', { count: classCount }) }),
    ...(pictures !== undefined && { pictures: t('rail.pictures', { count: pictures }) }),
    ...(accuracy !== undefined && { percent: format.percent(accuracy) }),
  });
}
