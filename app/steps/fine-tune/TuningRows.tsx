import { TextInput } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { ALL_WEIGHTS, type Tuning } from '../../../src/index.ts';
import { NumberRow, RowWords } from './SettingRows.tsx';
import classes from './SettingsDrawer.module.css';
import { TUNING_FIELDS } from './setting-fields.ts';

interface TuningRowsProps {
  readonly tuning: Tuning;
  readonly onChange: (tuning: Tuning) => void;
}

/** The numbers of LoRA where it is chosen, and the names of the parameters that may learn. */
export function TuningRows({ tuning, onChange }: TuningRowsProps) {
  const { t } = useTranslation('fineTune');
  const id = useId();
  return (
    <>
      {tuning.kind === 'lora' &&
        TUNING_FIELDS.map((field) => (
          <NumberRow
            key={field.key}
            field={field}
            value={tuning[field.key]}
            fallback={ALL_WEIGHTS[field.key]}
            onChange={(value) => {
              onChange({ ...tuning, [field.key]: value });
            }}
          />
        ))}
      <div className={classes.row}>
        <RowWords id={id} name={t('settings.fields.names.name')} line={t('settings.fields.names.line')} />
        <TextInput
          id={id}
          aria-description={t('settings.fields.names.line')}
          value={tuning.names}
          maxLength={1000}
          placeholder="*"
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            onChange({ ...tuning, names: event.currentTarget.value });
          }}
        />
      </div>
    </>
  );
}
