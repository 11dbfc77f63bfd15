import { NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { RunSummary } from '../../src/index.ts';
import { useFormat } from '../copy/format.ts';
import { useApp } from '../store/store.ts';
import { activateRun } from '../store/train-actions.ts';
import classes from './SpeakerLine.module.css';

/** Which model is speaking, how fast it answered, and the choice of another. */
export function SpeakerLine({ elapsedMs }: { readonly elapsedMs: number | null }) {
  const { t } = useTranslation('live');
  const format = useFormat();
  const runs = useApp(({ project }) => project?.runs);
  const activeRunId = useApp(({ project }) => project?.activeRunId ?? null);
  const revision = useApp(({ project }) => project?.dataset.revision ?? 0);
  const instant = useApp((state) => state.instant);
  const active = runs?.find(({ id }) => id === activeRunId);
  const instantWords = instant.samples === 0 ? t('instant') : t('instantWith', { count: instant.samples });
  const runWords = (run: RunSummary) =>
    run.bestEpoch === 0
      ? t('runStart', { number: run.number })
      : t('run', { number: run.number, epoch: run.bestEpoch });
  const usable = runs?.filter(({ status }) => status !== 'failed') ?? [];
  return (
    <div className={classes.line}>
      <div className={classes.who}>
        <span className={classes.label} id="live-model">
          {t('model')}
        </span>
        {elapsedMs !== null && (
          <span className={classes.took}>{t('took', { ms: format.number(elapsedMs) })}</span>
        )}
      </div>
      <NativeSelect
        size="sm"
        aria-labelledby="live-model"
        value={active?.id ?? ''}
        data={[
          { value: '', label: instantWords },
          ...usable.map((run) => ({ value: run.id, label: runWords(run) })),
        ]}
        onChange={(event) => void activateRun(event.currentTarget.value || null)}
      />
      <p className={classes.note}>
        {active !== undefined && active.datasetRevision < revision && t('stale')}
        {active === undefined && instant.status === 'updating' && t('learning')}
      </p>
    </div>
  );
}
