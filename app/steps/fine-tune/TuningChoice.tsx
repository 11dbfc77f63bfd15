import { SegmentedControl } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { TrainSettings, TuningKind } from '../../../src/index.ts';
import classes from './TuningChoice.module.css';
import { withTuning } from './graft.ts';

interface TuningChoiceProps {
  readonly settings: TrainSettings;
  readonly onChange: (settings: TrainSettings) => void;
}

const KINDS: readonly TuningKind[] = ['weights', 'lora', 'bias'];

/** How the open blocks learn: every weight, small matrices beside them, or the biases alone. */
export function TuningChoice({ settings, onChange }: TuningChoiceProps) {
  const { t } = useTranslation('fineTune');
  const id = useId();
  const { kind } = settings.tuning;
  return (
    <div className={classes.tuning} role="group" aria-labelledby={id}>
      <span id={id} className={classes.label}>
        {t('tuning.label')}
      </span>
      <SegmentedControl
        fullWidth
        withItemsBorders={false}
        aria-label={t('tuning.label')}
        value={kind}
        data={KINDS.map((value) => ({ value, label: t(`tuning.${value}.name`) }))}
        onChange={(value) => {
          const chosen = KINDS.find((one) => one === value);
          if (chosen !== undefined) onChange(withTuning(settings, { ...settings.tuning, kind: chosen }));
        }}
      />
      <span className={classes.line}>{t(`tuning.${kind}.line`)}</span>
    </div>
  );
}
