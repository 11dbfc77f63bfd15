import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../copy/format.ts';
import { useApp } from '../../store/store.ts';
import { discardTraining, pauseTraining, resumeTraining, stopTraining } from '../../store/train-actions.ts';
import { trainingFraction, type TrainingState } from '../../store/training.ts';
import classes from './RunningPanel.module.css';

/** How far the run is, how long it will take, and the ways to hold it. As high as what it replaces. */
export function RunningPanel() {
  const { t } = useTranslation('fineTune');
  const training = useApp((state) => state.training);
  const words = useTrainingWords(training);
  const fraction = trainingFraction(training);
  const paused = training.status === 'paused';
  const stopping = training.status === 'stopping';
  return (
    <section className={classes.panel} aria-label={t('running.title')}>
      <div className={classes.words}>
        <strong>{words.what}</strong>
        <span>{words.numbers}</span>
      </div>
      <div
        className={classes.track}
        role="progressbar"
        aria-label={t('running.title')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuetext={`${words.what}. ${words.numbers}`}
        {...(fraction !== null && { 'aria-valuenow': Math.round(fraction * 100) })}
      >
        <div
          className={classes.bar}
          data-paused={paused}
          style={{ transform: `scaleX(${fraction ?? 0.02})` }}
        />
      </div>
      <div className={classes.buttons}>
        <Button
          variant="default"
          size="sm"
          px={12}
          disabled={stopping}
          leftSection={
            paused ? <IconPlayerPlay size={18} aria-hidden /> : <IconPlayerPause size={18} aria-hidden />
          }
          onClick={() => void (paused ? resumeTraining() : pauseTraining())}
        >
          {paused ? t('running.resume') : t('running.pause')}
        </Button>
        <Button
          variant="default"
          size="sm"
          px={12}
          disabled={stopping}
          leftSection={<IconPlayerStop size={18} aria-hidden />}
          onClick={() => void stopTraining()}
        >
          {t('running.stop')}
        </Button>
        <Button variant="subtle" color="gray" size="sm" px={12} onClick={discardTraining}>
          {t('running.discard')}
        </Button>
      </div>
      <p className={classes.hidden} aria-live="polite">
        {training.rescue === null
          ? t('running.hidden')
          : t(`running.rescue.${training.rescue.reason}`, {
              epoch: training.rescue.epoch,
              batch: training.rescue.batchSize,
              backend: training.rescue.backend ?? '',
            })}
      </p>
    </section>
  );
}

function useTrainingWords(training: TrainingState): { readonly what: string; readonly numbers: string } {
  const { t } = useTranslation(['fineTune', 'common']);
  const format = useFormat();
  const { stage, status, features, settings, epoch, stepsPerSecond, remainingMs } = training;
  const what = () => {
    if (status === 'paused') return t('running.paused');
    if (status === 'stopping') return t('running.stopping');
    return t(`running.stage.${stage}`, { epoch: Math.max(1, epoch), epochs: settings?.epochs ?? 0 });
  };
  const numbers = () => {
    if (stage === 'features' && features !== null) {
      const { done, total } = features;
      return t('common:progress.pictures', { done: format.count(done), total: format.count(total) });
    }
    if (stage !== 'training') return '';
    const parts: string[] = [];
    if (stepsPerSecond !== null) {
      parts.push(t('running.steps', { rate: format.number(stepsPerSecond, stepsPerSecond < 10 ? 1 : 0) }));
    }
    if (remainingMs !== null) parts.push(t('common:progress.left', { time: format.duration(remainingMs) }));
    return parts.join(' · ');
  };
  return { what: what(), numbers: numbers() };
}
