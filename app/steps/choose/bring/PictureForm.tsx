import { NumberInput, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ModelReport, PictureSettings, PixelRange } from '../../../../src/index.ts';
import { useFormat } from '../../../copy/format.ts';
import { shortName } from '../../short-name.ts';
import styles from './BringModel.module.css';
import { changeSettings } from './bring-flow.ts';

const RANGES = ['unit', 'signed', 'imagenet', 'bytes'] as const satisfies readonly PixelRange[];
const SIDES = { min: 8, max: 1024 } as const;

interface PictureFormProps {
  readonly report: ModelReport;
  readonly settings: PictureSettings;
}

/** How the model is shown pictures. Guessed; what few people need to change is folded away. */
export function PictureForm({ report, settings }: PictureFormProps) {
  const { t } = useTranslation('ownModel');
  const { fixedSize, clue, guess } = report;
  return (
    <fieldset className={styles.settings}>
      <legend>{t('settings.title')}</legend>
      <div className={styles.fields}>
        <Select
          label={t('settings.range')}
          description={settings.range === guess.range ? t(`settings.clues.${clue}`) : '\u00a0'}
          inputWrapperOrder={['label', 'input', 'description']}
          data={RANGES.map((range) => ({ value: range, label: t(`settings.ranges.${range}`) }))}
          value={settings.range}
          allowDeselect={false}
          onChange={(range) => {
            if (range !== null) changeSettings({ range });
          }}
        />
        {fixedSize === null ? (
          <NumberInput
            label={t('settings.size')}
            description={t('settings.sizeHint')}
            inputWrapperOrder={['label', 'input', 'description']}
            min={SIDES.min}
            max={SIDES.max}
            step={32}
            clampBehavior="blur"
            allowDecimal={false}
            value={settings.inputSize}
            onChange={(size) => {
              if (typeof size === 'number' && size >= SIDES.min && size <= SIDES.max)
                changeSettings({ inputSize: size });
            }}
          />
        ) : (
          <div className={styles.fixed}>
            <span>{t('settings.size')}</span>
            <p>{t('settings.sizeFixed', { size: fixedSize })}</p>
          </div>
        )}
      </div>
      <details className={styles.details}>
        <summary>{t('settings.advanced')}</summary>
        <Advanced report={report} settings={settings} />
      </details>
    </fieldset>
  );
}

function Advanced({ report, settings }: PictureFormProps) {
  const { t } = useTranslation('ownModel');
  const format = useFormat();
  const options = report.features.map(({ value, size }) => ({
    value,
    label: t('settings.featureOption', { name: shortName(value, 36), features: format.count(size) }),
  }));
  return (
    <div className={styles.fields}>
      <Select
        label={t('settings.features')}
        description={t('settings.featuresHint')}
        inputWrapperOrder={['label', 'input', 'description']}
        data={options}
        value={settings.features}
        allowDeselect={false}
        onChange={(features) => {
          if (features !== null) changeSettings({ features });
        }}
      />
      <Select
        label={t('settings.order')}
        description={t('settings.orderHint')}
        inputWrapperOrder={['label', 'input', 'description']}
        data={(['rgb', 'bgr'] as const).map((order) => ({
          value: order,
          label: t(`settings.orders.${order}`),
        }))}
        value={settings.channelOrder}
        allowDeselect={false}
        onChange={(channelOrder) => {
          if (channelOrder !== null) changeSettings({ channelOrder });
        }}
      />
    </div>
  );
}
