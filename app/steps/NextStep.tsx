import { Button } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useSay } from '../copy/use-say.ts';
import type { StepId } from '../store/state.ts';
import { goToStep, useApp } from '../store/store.ts';
import classes from './NextStep.module.css';
import { stepRule } from './steps.ts';

/** The way to a step; says what it waits for while it cannot be entered. */
export function NextStep({ to }: { readonly to: StepId }) {
  const { t } = useTranslation('common');
  const { say } = useSay();
  const waits = useApp((state) => stepRule(to).waitsFor(state));
  return (
    <>
      {waits !== null && <span className={classes.waits}>{say(waits)}</span>}
      <Button
        size="md"
        rightSection={<IconArrowRight size={18} aria-hidden />}
        disabled={waits !== null}
        onClick={() => {
          goToStep(to);
        }}
      >
        {t('next', { step: t(`steps.${to}`) })}
      </Button>
    </>
  );
}
