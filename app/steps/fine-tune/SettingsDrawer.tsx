import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ALL_WEIGHTS, tunedFor, DEFAULT_TRAIN_SETTINGS, type TrainSettings } from '../../../src/index.ts';
import { SideDialog } from '../../components/Dialog.tsx';
import { useSampleKind } from '../../store/sample-kind.ts';
import { AugmentationPreview } from './AugmentationPreview.tsx';
import { ChoiceRow, NumberRow, SwitchRow } from './SettingRows.tsx';
import classes from './SettingsDrawer.module.css';
import { TuningRows } from './TuningRows.tsx';
import {
  AUGMENTATION_FIELDS,
  CARE_FIELDS,
  MOMENTUM_FIELD,
  PACE_FIELDS,
  SEED_FIELD,
  TRUNK_FIELDS,
  type NumberField,
  type SettingNumber,
} from './setting-fields.ts';

interface SettingsDrawerProps {
  readonly opened: boolean;
  readonly settings: TrainSettings;
  readonly onChange: (settings: TrainSettings) => void;
  readonly onClose: () => void;
}

/** Every number of a run with its default and a sentence. */
export function SettingsDrawer({ opened, settings, onChange, onClose }: SettingsDrawerProps) {
  const { t } = useTranslation(['fineTune', 'common']);
  const defaults: TrainSettings = {
    ...DEFAULT_TRAIN_SETTINGS,
    ...tunedFor(settings.open, settings.tuning.kind),
    open: settings.open,
    tuning: { ...ALL_WEIGHTS, kind: settings.tuning.kind },
  };
  const set = (part: Partial<TrainSettings>) => {
    onChange({ ...settings, ...part });
  };
  const numbers = (fields: readonly NumberField<SettingNumber>[]) =>
    fields.map((field) => (
      <NumberRow
        key={field.key}
        field={field}
        value={settings[field.key]}
        fallback={defaults[field.key]}
        onChange={(value) => {
          set({ [field.key]: value });
        }}
      />
    ));
  return (
    <SideDialog
      opened={opened}
      onClose={onClose}
      position="right"
      size="min(480px, 100vw)"
      title={<span className={classes.title}>{t('settings.title')}</span>}
    >
      <div className={classes.drawer}>
        <p className={classes.lead}>{t('settings.lead')}</p>
        <Group name={t('settings.groups.pace')}>
          {numbers(PACE_FIELDS)}
          <ChoiceRow
            value={settings.optimizer}
            onChange={(optimizer) => {
              set({ optimizer });
            }}
          />
          {settings.optimizer === 'sgd' && numbers([MOMENTUM_FIELD])}
        </Group>
        <Group name={t('settings.groups.trunk')}>
          {numbers(TRUNK_FIELDS)}
          <TuningRows
            tuning={settings.tuning}
            onChange={(tuning) => {
              set({ tuning });
            }}
          />
          <SwitchRow
            name="freezeBatchNorm"
            value={settings.freezeBatchNorm}
            onChange={(freezeBatchNorm) => {
              set({ freezeBatchNorm });
            }}
          />
        </Group>
        <Group name={t('settings.groups.care')}>
          {numbers(CARE_FIELDS)}
          <SwitchRow
            name="classWeights"
            value={settings.classWeights}
            onChange={(classWeights) => {
              set({ classWeights });
            }}
          />
        </Group>
        <AugmentationGroup settings={settings} set={set} opened={opened} />
        <Group name={t('settings.groups.repeat')}>{numbers([SEED_FIELD])}</Group>
        <Button
          variant="default"
          onClick={() => {
            onChange(defaults);
          }}
        >
          {t('settings.reset')}
        </Button>
      </div>
    </SideDialog>
  );
}

interface AugmentationGroupProps {
  readonly settings: TrainSettings;
  readonly set: (part: Partial<TrainSettings>) => void;
  readonly opened: boolean;
}

function AugmentationGroup({ settings, set, opened }: AugmentationGroupProps) {
  const { t } = useTranslation('fineTune');
  const { augmentation } = settings;
  const kind = useSampleKind();
  return (
    <Group name={t('settings.groups.variety')}>
      {AUGMENTATION_FIELDS[kind].slice(0, 1).map((field) => (
        <NumberRow
          key={field.key}
          field={field}
          value={augmentation[field.key] ?? 0}
          fallback={DEFAULT_TRAIN_SETTINGS.augmentation[field.key] ?? 0}
          onChange={(value) => {
            set({ augmentation: { ...augmentation, [field.key]: value } });
          }}
        />
      ))}
      {opened && kind === 'picture' && (
        <AugmentationPreview augmentation={augmentation} seed={settings.seed} />
      )}
      {kind === 'picture' && (
        <SwitchRow
          name="flip"
          value={augmentation.flip}
          onChange={(flip) => {
            set({ augmentation: { ...augmentation, flip } });
          }}
        />
      )}
      {AUGMENTATION_FIELDS[kind].slice(1).map((field) => (
        <NumberRow
          key={field.key}
          field={field}
          value={augmentation[field.key] ?? 0}
          fallback={DEFAULT_TRAIN_SETTINGS.augmentation[field.key] ?? 0}
          onChange={(value) => {
            set({ augmentation: { ...augmentation, [field.key]: value } });
          }}
        />
      ))}
    </Group>
  );
}

function Group({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <section className={classes.group} aria-label={name}>
      <h3>{name}</h3>
      {children}
    </section>
  );
}
