import { Button } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import type { EpochLog, ProjectSnapshot } from '../../../src/index.ts';
import { LineChart, type LineSeries } from '../../charts/LineChart.tsx';
import { toCsv } from '../../components/csv.ts';
import { saveBlob } from '../../components/save-blob.ts';
import { useFormat } from '../../copy/format.ts';
import { useApp } from '../../store/store.ts';
import classes from './RunCharts.module.css';

/** A loss is written with two decimals; below that it is not 0, only less than can be said. */
const SMALLEST_LOSS = 0.01;

/** Loss and accuracy of the run that is going on, else of the latest one; a table behind them. */
export function RunCharts({ project }: { readonly project: ProjectSnapshot }) {
  const { t } = useTranslation('fineTune');
  const format = useFormat();
  const training = useApp((state) => state.training);
  const latest = project.runs.at(-1);
  const busy = training.status !== 'idle';
  const logs = busy ? training.epochs : (latest?.epochs ?? []);
  const bestEpoch = busy ? training.bestEpoch : (latest?.bestEpoch ?? null);
  const planned = busy ? (training.settings?.epochs ?? 0) : 0;
  const last = Math.max(planned, ...logs.map(({ epoch }) => epoch), 1);
  // Both charts are equally wide.
  const { ref, width } = useElementSize<HTMLElement>();
  const common = {
    ...(width > 0 && { width }),
    xDomain: [0, last] as const,
    xLabel: t('charts.epoch'),
    empty: t('charts.empty'),
    ...(bestEpoch !== null &&
      logs.length > 0 && { mark: { x: bestEpoch, label: t('charts.best', { epoch: bestEpoch }) } }),
  };
  const series = useSeries(logs);
  return (
    <section className={classes.charts}>
      <figure ref={ref}>
        <figcaption>{t('charts.loss')}</figcaption>
        <LineChart
          {...common}
          title={t('charts.loss')}
          series={series.loss}
          yDomain={[
            0,
            Math.max(0.5, ...series.loss.flatMap(({ points }) => points.map(({ y }) => y))) * 1.05,
          ]}
          formatY={(value) =>
            value > 0 && value < SMALLEST_LOSS / 2
              ? `< ${format.number(SMALLEST_LOSS, 2)}`
              : format.number(value, 2)
          }
        />
      </figure>
      <figure>
        <figcaption>{t('charts.accuracy')}</figcaption>
        <LineChart
          {...common}
          title={t('charts.accuracy')}
          series={series.accuracy}
          yDomain={[0, 1]}
          formatY={(value) => format.percent(value)}
        />
      </figure>
      {logs.length > 0 && <EpochTable logs={logs} />}
    </section>
  );
}

function useSeries(logs: readonly EpochLog[]): {
  readonly loss: LineSeries[];
  readonly accuracy: LineSeries[];
} {
  const { t } = useTranslation('fineTune');
  const pick = (key: keyof EpochLog) =>
    logs.flatMap((log) => {
      const y = log[key];
      return y === null || !Number.isFinite(y) ? [] : [{ x: log.epoch, y }];
    });
  const lines = (learning: keyof EpochLog, checking: keyof EpochLog): LineSeries[] => [
    { id: 'learning', label: t('charts.learning'), colour: 'var(--g-leaf)', points: pick(learning) },
    { id: 'checking', label: t('charts.checking'), colour: 'var(--g-ink)', points: pick(checking) },
  ];
  return {
    loss: lines('trainLoss', 'validationLoss'),
    accuracy: lines('trainAccuracy', 'validationAccuracy'),
  };
}

function EpochTable({ logs }: { readonly logs: readonly EpochLog[] }) {
  const { t } = useTranslation('fineTune');
  const format = useFormat();
  const header = [
    t('charts.epochColumn'),
    t('charts.learningLoss'),
    t('charts.checkingLoss'),
    t('charts.learningAccuracy'),
    t('charts.checkingAccuracy'),
  ];
  const download = () => {
    const rows = logs.map((log) => [
      log.epoch,
      log.trainLoss,
      log.validationLoss ?? '',
      log.trainAccuracy,
      log.validationAccuracy ?? '',
    ]);
    saveBlob(new Blob([toCsv([header, ...rows])], { type: 'text/csv' }), 'graft-epochs.csv');
  };
  const loss = (value: number | null) => (value === null ? '' : format.number(value, 3));
  const accuracy = (value: number | null) => (value === null ? '' : format.percent(value, 1));
  return (
    <details className={classes.table}>
      <summary>{t('charts.table')}</summary>
      <div className={classes.scroll}>
        <table>
          <thead>
            <tr>
              {header.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {logs.map((log) => (
              <tr key={log.epoch}>
                <th scope="row">{log.epoch}</th>
                <td>{loss(log.trainLoss)}</td>
                <td>{loss(log.validationLoss)}</td>
                <td>{accuracy(log.trainAccuracy)}</td>
                <td>{accuracy(log.validationAccuracy)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Button variant="default" size="compact-sm" onClick={download}>
        {t('charts.download')}
      </Button>
    </details>
  );
}
