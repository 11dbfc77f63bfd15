import { useTranslation } from 'react-i18next';
import { TRAIN_PRESETS, type PresetName, type TrainSettings } from '../../../src/index.ts';
import classes from './Presets.module.css';
import { withPlan } from './graft.ts';

interface PresetsProps {
  readonly settings: TrainSettings;
  readonly headOnly: boolean;
  readonly onChange: (settings: TrainSettings) => void;
}

const NAMES: readonly PresetName[] = ['quick', 'deep', 'all'];

/** Three depths that fit most needs; the graft line moves with them. */
export function Presets({ settings, headOnly, onChange }: PresetsProps) {
  const { t } = useTranslation('fineTune');
  return (
    <fieldset className={classes.presets}>
      <legend>{t('presets.label')}</legend>
      {NAMES.map((name) => {
        const { open } = TRAIN_PRESETS[name];
        const chosen = JSON.stringify(open) === JSON.stringify(settings.open);
        return (
          <label key={name} className={classes.preset} data-chosen={chosen}>
            <input
              type="radio"
              name="preset"
              className={classes.radio}
              checked={chosen}
              disabled={headOnly && name !== 'quick'}
              onChange={() => {
                onChange(withPlan(settings, open));
              }}
            />
            <span className={classes.dot} aria-hidden />
            <span className={classes.name}>{t(`presets.${name}.name`)}</span>
            <span className={classes.line}>{t(`presets.${name}.line`)}</span>
          </label>
        );
      })}
    </fieldset>
  );
}
