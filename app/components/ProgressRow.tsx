import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../copy/format.ts';
import classes from './ProgressRow.module.css';

interface ProgressRowProps {
  /** What is being done, in a few words. */
  readonly label: string;
  readonly unit: 'pictures' | 'bytes' | 'steps' | 'files' | 'parts';
  readonly done: number;
  /** `null`: not known, the bar only shows that something moves. */
  readonly total: number | null;
  readonly rate?: number | null;
  readonly remainingMs?: number | null;
  readonly onCancel?: () => void;
}

/** A long action: bar, amount with its unit, rate, time left, and a way out. Its height does not change. */
export function ProgressRow(props: ProgressRowProps) {
  const { label, done, total, onCancel } = props;
  const { t } = useTranslation('common');
  const words = useProgressWords(props);
  const fraction = total === null || total === 0 ? null : Math.min(1, done / total);
  return (
    <div className={classes.row}>
      <div className={classes.words}>
        <span className={classes.label}>{label}</span>
        <span className={classes.numbers}>{words}</span>
      </div>
      <div
        className={classes.track}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuetext={words}
        {...(fraction !== null && { 'aria-valuenow': Math.round(fraction * 100) })}
      >
        <div
          className={classes.bar}
          data-unknown={fraction === null || undefined}
          style={fraction === null ? undefined : { transform: `scaleX(${fraction})` }}
        />
      </div>
      {onCancel !== undefined && (
        <Button variant="default" size="compact-sm" className={classes.cancel} onClick={onCancel}>
          {t('cancel')}
        </Button>
      )}
    </div>
  );
}

function useProgressWords({ unit, done, total, rate = null, remainingMs = null }: ProgressRowProps): string {
  const { t } = useTranslation('common');
  const format = useFormat();
  if (total === null) return t('progress.unknown');
  const say = unit === 'bytes' ? format.bytes : format.count;
  const words = [t(`progress.${unit}`, { done: say(done), total: say(total) })];
  if (rate !== null && rate > 0 && unit !== 'parts') {
    const shown = unit === 'bytes' ? format.bytes(rate) : format.number(rate, rate < 10 ? 1 : 0);
    words.push(t('progress.rate', { rate: shown }));
  }
  if (remainingMs !== null && done < total)
    words.push(t('progress.left', { time: format.duration(remainingMs) }));
  return words.join(' · ');
}
