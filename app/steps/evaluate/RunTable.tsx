import { ActionIcon, Button } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ProjectSnapshot, RunSummary, TrainSettings } from '../../../src/index.ts';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { useFormat } from '../../copy/format.ts';
import { activateRun, deleteRun } from '../../store/train-actions.ts';
import styles from './EvaluateStep.module.css';
import { IntervalBar } from './IntervalBar.tsx';
import { hasOtherSettings, isReportStale, isRunStale } from './exam.ts';

interface RunTableProps {
  readonly project: ProjectSnapshot;
  readonly runs: readonly RunSummary[];
  /** Id of the run whose result is shown above. */
  readonly shown: string;
  readonly onShow: (runId: string) => void;
}

/** All runs side by side: what learned, how it did, which one answers live. */
export function RunTable({ project, runs, shown, onShow }: RunTableProps) {
  const { t } = useTranslation('evaluate');
  const format = useFormat();
  const plan = usePlanWords();
  return (
    <section className={styles.section} aria-labelledby="runs-title">
      <h2 id="runs-title" className={styles.title}>
        {t('runs.title')}
      </h2>
      <ScrollRegion className={styles.scroll} labelledBy="runs-title">
        <table className={styles.table} aria-labelledby="runs-title">
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">{t('runs.title')}</span>
              </th>
              <th scope="col">{t('runs.plan')}</th>
              <th scope="col">{t('runs.exam')}</th>
              <th scope="col" className={styles.number}>
                {t('runs.best')}
              </th>
              <th scope="col" className={styles.number}>
                {t('runs.time')}
              </th>
              <th scope="col">
                <span className="visually-hidden">{t('runs.tools')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id} className={run.id === shown ? styles.shown : undefined}>
                <th scope="row">
                  <Button
                    variant={run.id === shown ? 'filled' : 'default'}
                    size="compact-md"
                    aria-pressed={run.id === shown}
                    aria-label={t('runs.show', { number: run.number })}
                    onClick={() => onShow(run.id)}
                  >
                    {t('runs.run', { number: run.number })}
                  </Button>
                </th>
                <td>
                  {plan(run.settings)}
                  {isRunStale(run, project) && <span className={styles.tag}>{t('runs.stale')}</span>}
                  {hasOtherSettings(run, project) && (
                    <span className={styles.term} title={t('runs.otherSettingsHint')}>
                      {' '}
                      {t('runs.otherSettings')}
                    </span>
                  )}
                </td>
                <td>
                  <RunScore project={project} run={run} />
                </td>
                <td className={styles.number}>
                  {run.bestEpoch === 0 ? t('runs.start') : format.count(run.bestEpoch)}
                </td>
                <td className={styles.number}>
                  {format.duration((run.seconds.features + run.seconds.train) * 1000)}
                </td>
                <td className={styles.number}>
                  <RunTools run={run} live={project.activeRunId === run.id} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </section>
  );
}

function RunScore({ project, run }: { readonly project: ProjectSnapshot; readonly run: RunSummary }) {
  const { t } = useTranslation('evaluate');
  const format = useFormat();
  const report = project.reports[run.id];
  if (report === undefined) return <span className={styles.empty}>{t('runs.notExamined')}</span>;
  const { low, high } = report.accuracyInterval;
  return (
    <>
      <strong>{format.percent(report.accuracy)}</strong>{' '}
      <span className={styles.term}>
        {t('runs.range', { low: format.percent(low), high: format.percent(high) })}
      </span>
      {isReportStale(report, project) && (
        <span className={styles.tag} title={t('runs.otherExamHint')}>
          {t('runs.otherExam')}
        </span>
      )}
      <IntervalBar accuracy={report.accuracy} interval={report.accuracyInterval} />
    </>
  );
}

function RunTools({ run, live }: { readonly run: RunSummary; readonly live: boolean }) {
  const { t } = useTranslation('evaluate');
  return (
    <>
      {live ? (
        <span className={styles.term}>{t('runs.live')}</span>
      ) : (
        <Button variant="default" size="compact-sm" onClick={() => void activateRun(run.id)}>
          {t('runs.makeLive')}
        </Button>
      )}{' '}
      <ActionIcon
        variant="subtle"
        color="gray"
        size={32}
        aria-label={t('runs.delete', { number: run.number })}
        onClick={() => void deleteRun(run.id)}
      >
        <IconTrash size={18} stroke={1.6} />
      </ActionIcon>
    </>
  );
}

/** Which part of the network learned, in words. */
export function usePlanWords(): (settings: TrainSettings) => string {
  const { t } = useTranslation('evaluate');
  const depth = (open: TrainSettings['open']): string => {
    switch (open.kind) {
      case 'head':
        return t('runs.head');
      case 'last':
        return t('runs.last', { count: open.blocks });
      case 'all':
        return t('runs.all');
    }
  };
  return ({ open, tuning, begin }) => {
    if (begin === 'random') return t('runs.scratch');
    if (open.kind === 'head' || tuning.kind === 'weights') return depth(open);
    return `${depth(open)} (${t(`runs.tuning.${tuning.kind}`)})`;
  };
}
