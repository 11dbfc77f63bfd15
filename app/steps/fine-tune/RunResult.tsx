import { useTranslation } from 'react-i18next';
import type { ProjectSnapshot, RunSummary } from '../../../src/index.ts';
import { useFormat } from '../../copy/format.ts';
import classes from './RunResult.module.css';
import { UnfinishedOffer } from './UnfinishedOffer.tsx';

interface RunResultProps {
  readonly project: ProjectSnapshot;
}

/** What the latest run came to. */
export function RunResult({ project }: RunResultProps) {
  const { t } = useTranslation('fineTune');
  const run = project.runs.at(-1);
  const words = useResultWords(run);
  if (run === undefined || words === null) return null;
  return (
    <section className={classes.result} data-status={run.status}>
      <h2>{t('result.title', { number: run.number })}</h2>
      <p>{words.how}</p>
      <p>{words.best}</p>
      <UnfinishedOffer />
    </section>
  );
}

function useResultWords(run: RunSummary | undefined): { readonly how: string; readonly best: string } | null {
  const { t } = useTranslation('fineTune');
  const format = useFormat();
  if (run === undefined) return null;
  const { status, epochs, bestEpoch, seconds } = run;
  const ran = Math.max(0, ...epochs.map(({ epoch }) => epoch));
  const how = t(`result.${status}`, {
    epochs: ran,
    time: format.duration((seconds.features + seconds.train) * 1000),
  });
  const log = epochs.find(({ epoch }) => epoch === bestEpoch);
  if (log === undefined) return { how, best: '' };
  const accuracy = format.percent(log.validationAccuracy ?? log.trainAccuracy);
  if (log.validationAccuracy === null)
    return { how, best: t('result.bestNoValidation', { epoch: bestEpoch, accuracy }) };
  return { how, best: t(bestEpoch === 0 ? 'result.bestFit' : 'result.best', { epoch: bestEpoch, accuracy }) };
}
