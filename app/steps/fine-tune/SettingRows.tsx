import { NativeSelect, NumberInput, Switch } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { TrainSettings } from '../../../src/index.ts';
import { useFormat } from '../../copy/format.ts';
import classes from './SettingsDrawer.module.css';
import type { AnyNumber, NumberField } from './setting-fields.ts';

interface NumberRowProps<K extends AnyNumber> {
  readonly field: NumberField<K>;
  readonly value: number;
  readonly fallback: number;
  readonly onChange: (value: number) => void;
}

export function NumberRow<K extends AnyNumber>(props: NumberRowProps<K>) {
  const { field, value, fallback, onChange } = props;
  const { t } = useTranslation('fineTune');
  const format = useFormat();
  const id = useId();
  const key: AnyNumber = field.key;
  return (
    <div className={classes.row}>
      <RowWords id={id} name={t(`settings.fields.${key}.name`)} line={t(`settings.fields.${key}.line`)} />
      <div className={classes.control}>
        <NumberInput
          id={id}
          aria-description={t(`settings.fields.${key}.line`)}
          value={value}
          min={field.min}
          max={field.max}
          step={field.step}
          decimalScale={field.digits}
          allowNegative={false}
          clampBehavior="strict"
          onChange={(next) => {
            if (typeof next === 'number' && next >= field.min && next <= field.max) onChange(next);
          }}
        />
        <span className={classes.default}>
          {t('settings.default', { value: format.number(fallback, field.digits) })}
        </span>
      </div>
    </div>
  );
}

interface SwitchRowProps {
  readonly name: 'classWeights' | 'freezeBatchNorm' | 'flip';
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
}

export function SwitchRow({ name, value, onChange }: SwitchRowProps) {
  const { t } = useTranslation('fineTune');
  const id = useId();
  return (
    <div className={classes.row}>
      <RowWords id={id} name={t(`settings.fields.${name}.name`)} line={t(`settings.fields.${name}.line`)} />
      <Switch
        id={id}
        className={classes.switch}
        aria-description={t(`settings.fields.${name}.line`)}
        size="md"
        checked={value}
        onChange={(event) => {
          onChange(event.currentTarget.checked);
        }}
      />
    </div>
  );
}

interface ChoiceRowProps {
  readonly value: TrainSettings['optimizer'];
  readonly onChange: (value: TrainSettings['optimizer']) => void;
}

export function ChoiceRow({ value, onChange }: ChoiceRowProps) {
  const { t } = useTranslation('fineTune');
  const id = useId();
  return (
    <div className={classes.row}>
      <RowWords
        id={id}
        name={t('settings.fields.optimizer.name')}
        line={t('settings.fields.optimizer.line')}
      />
      <NativeSelect
        id={id}
        aria-description={t('settings.fields.optimizer.line')}
        value={value}
        data={[
          { value: 'adamw', label: t('settings.fields.optimizer.adamw') },
          { value: 'sgd', label: t('settings.fields.optimizer.sgd') },
        ]}
        onChange={(event) => {
          onChange(event.currentTarget.value === 'sgd' ? 'sgd' : 'adamw');
        }}
      />
    </div>
  );
}

/** What a setting is called and what it does. */
export function RowWords({
  id,
  name,
  line,
}: {
  readonly id: string;
  readonly name: string;
  readonly line: string;
}) {
  return (
    <div className={classes.words}>
      <label className={classes.name} htmlFor={id}>
        {name}
      </label>
      <span className={classes.line}>{line}</span>
    </div>
  );
}
