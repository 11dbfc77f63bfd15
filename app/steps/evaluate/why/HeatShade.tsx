import { useTranslation } from 'react-i18next';
import { HeatOverlay } from '../../../charts/HeatOverlay.tsx';
import { MarkedWords } from '../../../charts/MarkedWords.tsx';
import { useFormat } from '../../../copy/format.ts';
import type { Asked } from './use-asked.ts';
import type { Heat } from './use-heat.ts';

interface HeatShadeProps {
  readonly heat: Asked<Heat>;
  /** Sides of the sample below. */
  readonly width: number;
  readonly height: number;
  /** Of the class. */
  readonly name: string;
}

/** The answer as it is seen: over the picture, or as the marked text. */
export function HeatShade({ heat, width, height, name }: HeatShadeProps) {
  const { t } = useTranslation('why');
  const format = useFormat();
  const value = heat.status === 'ready' ? heat.value : null;
  if (value?.kind !== 'words') {
    return (
      <HeatOverlay
        grid={value}
        width={width}
        height={height}
        label={t('heat', { name })}
        {...(value?.time && { span: value.time })}
      />
    );
  }
  const all = value.words.reduce((sum, { score }) => sum + Math.abs(score ?? 0), 0);
  return (
    <MarkedWords
      words={value.words}
      label={t('words.label', { name })}
      hint={({ text }, score) =>
        t(score > 0 ? 'words.hintFor' : 'words.hintAgainst', {
          word: text,
          name,
          share: format.percent(Math.abs(score) / all),
        })
      }
    />
  );
}
