import { Button, Slider } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  abstentionAt,
  abstentionCurve,
  expectedCalibrationError,
  LEAST_TO_CALIBRATE,
  reliabilityBins,
  type EvaluationReport,
  type PredictionTable,
  type ReliabilityBin,
  type RunCalibration,
  type RunSummary,
} from '../../../src/index.ts';
import { UnitChart } from '../../charts/UnitChart.tsx';
import { ProgressRow } from '../../components/ProgressRow.tsx';
import { useFormat } from '../../copy/format.ts';
import { calibrateRun, setAbstention } from '../../store/evaluate-actions.ts';
import { selectExamSamples } from '../../store/exam-selection.ts';
import { useApp } from '../../store/store.ts';
import { cancelTask } from '../../store/tasks.ts';
import styles from './EvaluateStep.module.css';
import own from './Scores.module.css';
import { useAutoCalibrate } from './use-auto-exam.ts';
import { useExamTable } from './use-exam-table.ts';

interface CalibrationProps {
  readonly run: RunSummary;
  readonly report: EvaluationReport;
  /** As the model learned, before its temperature. */
  readonly table: PredictionTable;
}

/** Whether the run is as sure as it should be, and when it should rather say nothing. */
export function Calibration({ run, report, table }: CalibrationProps) {
  const { t } = useTranslation('exam');
  useAutoCalibrate(run);
  const { table: scaled } = useExamTable(report, run.calibration?.temperature ?? 1);
  if (table.count === 0 || scaled === null) return null;
  return (
    <>
      <section className={styles.section} aria-labelledby="sure-title">
        <h2 id="sure-title" className={styles.title}>
          {t('sure.title')} <span className={styles.term}>({t('sure.term')})</span>
        </h2>
        <p className={styles.lead}>{t('sure.lead')}</p>
        <Gap run={run} report={report} table={table} scaled={scaled} />
        <Reliability run={run} scaled={scaled} />
      </section>
      {run.calibration !== undefined && (
        <Abstention
          key={run.calibration.temperature}
          run={run}
          scaled={scaled}
          start={run.calibration.abstainBelow}
        />
      )}
    </>
  );
}

interface ScaledProps {
  readonly run: RunSummary;
  readonly table: PredictionTable;
  readonly scaled: PredictionTable;
}

interface GapProps extends ScaledProps {
  readonly report: EvaluationReport;
}

function Gap({ run, report, table, scaled }: GapProps) {
  const { t } = useTranslation('exam');
  const format = useFormat();
  const task = useApp(({ tasks }) => tasks.calibrate);
  const before = expectedCalibrationError(table) ?? 0;
  const { calibration } = run;
  const scaling = ({ temperature, samples: count }: RunCalibration): string => {
    if (count === 0) return t('sure.gapNothing');
    if (temperature === 1) return t(count < LEAST_TO_CALIBRATE ? 'sure.gapFew' : 'sure.gapKept', { count });
    const gap = format.percent(expectedCalibrationError(scaled) ?? 0, 1);
    return t('sure.gapAfter', { temperature: format.number(temperature, 2), count, gap });
  };
  return (
    <div className={own.sentences} role="status">
      <p>{t('sure.gap', { gap: format.percent(before, 1) })}</p>
      {calibration === undefined ? (
        <div className={own.place}>
          {task === undefined ? (
            <p className={own.row}>
              <span>{t('sure.pending')}</span>
              <Button variant="default" size="compact-md" onClick={() => void calibrateRun(run.id)}>
                {t('sure.find')}
              </Button>
            </p>
          ) : (
            <ProgressRow
              label={t('sure.working')}
              unit="pictures"
              done={task.done}
              total={task.total}
              rate={task.rate}
              remainingMs={task.remainingMs}
              onCancel={() => cancelTask('calibrate')}
            />
          )}
        </div>
      ) : (
        <>
          <p>{scaling(calibration)}</p>
          {calibration.splitHash !== report.splitHash && task === undefined && (
            <p className={own.row}>
              <span>{t('sure.gapOld')}</span>
              <Button variant="default" size="compact-md" onClick={() => void calibrateRun(run.id)}>
                {t('sure.find')}
              </Button>
            </p>
          )}
        </>
      )}
    </div>
  );
}

function Reliability({ run, scaled }: Omit<ScaledProps, 'table'>) {
  const { t } = useTranslation('exam');
  const format = useFormat();
  const bins = useMemo(() => reliabilityBins(scaled).filter(({ rows }) => rows.length > 0), [scaled]);
  const most = Math.max(...bins.map(({ rows }) => rows.length));
  const rangeOf = ({ low, high }: ReliabilityBin) =>
    t('sure.bin', { low: format.percent(low), high: format.percent(high) });
  const show = ({ low, high, rows }: ReliabilityBin) =>
    selectExamSamples({
      runId: run.id,
      ids: rows.map((row) => scaled.ids[row] ?? ''),
      why: { key: 'exam:sure.why', values: { low: format.percent(low), high: format.percent(high) } },
    });
  return (
    <div className={own.charts}>
      <UnitChart
        title={t('sure.chart')}
        xLabel={t('sure.x')}
        yLabel={t('sure.y')}
        diagonal
        marks={bins.map((bin) => ({
          x: bin.confidence ?? 0,
          y: bin.accuracy ?? 0,
          ...bin.interval,
          size: bin.rows.length / most,
          onChoose: { label: `${t('sure.show')}: ${rangeOf(bin)}`, act: () => show(bin) },
        }))}
        formatTick={(value) => format.percent(value)}
      />
      <ul className={own.bins} aria-label={t('sure.chart')}>
        {bins.map((bin) => {
          const right = Math.round((bin.accuracy ?? 0) * bin.rows.length);
          const range = rangeOf(bin);
          return (
            <li key={bin.low}>
              <span>
                {range}:{' '}
                <span className={styles.term}>
                  {t('sure.binCount', { count: bin.rows.length, right: format.count(right) })}
                </span>
              </span>
              <Button
                variant="default"
                size="compact-sm"
                aria-label={`${t('sure.show')}: ${range}`}
                onClick={() => show(bin)}
              >
                {t('sure.show')}
              </Button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

interface AbstentionProps {
  readonly run: RunSummary;
  readonly scaled: PredictionTable;
  /** The threshold that is kept with the run. */
  readonly start: number;
}

function Abstention({ run, scaled, start }: AbstentionProps) {
  const { t } = useTranslation('exam');
  const format = useFormat();
  const [below, setBelow] = useState(start);
  const curve = useMemo(() => abstentionCurve(scaled), [scaled]);
  const point = abstentionAt(scaled, below);
  const least = Math.min(...curve.map(({ accuracy }) => accuracy ?? 1));
  const floor = Math.max(0, Math.floor(least * 10 - 0.5) / 10);
  return (
    <section className={styles.section} aria-labelledby="abstain-title">
      <h2 id="abstain-title" className={styles.title}>
        {t('abstain.title')}
      </h2>
      <p className={styles.lead}>{t('abstain.lead')}</p>
      <div className={own.slider}>
        <Slider
          thumbLabel={t('abstain.slider')}
          min={0}
          max={0.99}
          step={0.01}
          value={below}
          label={(value) => (value === 0 ? t('abstain.off') : format.percent(value))}
          marks={[0, 0.5, 0.9].map((value) => ({
            value,
            label: format.percent(value),
          }))}
          onChange={setBelow}
          onChangeEnd={(value) => void setAbstention(run.id, value)}
        />
      </div>
      <p role="status">
        {point.accuracy === null
          ? t('abstain.nothing')
          : t('abstain.result', {
              coverage: format.percent(point.coverage),
              accuracy: format.percent(point.accuracy),
              low: format.percent(point.interval.low),
              high: format.percent(point.interval.high),
            })}
      </p>
      <UnitChart
        title={t('abstain.chart')}
        xLabel={t('abstain.x')}
        yLabel={t('abstain.y')}
        yDomain={[floor, 1]}
        line={curve.map(({ coverage, accuracy }) => ({ x: coverage, y: accuracy ?? 0 }))}
        marks={
          point.accuracy === null
            ? []
            : [
                {
                  x: point.coverage,
                  y: point.accuracy,
                  low: Math.max(floor, point.interval.low),
                  high: point.interval.high,
                  size: 0.3,
                },
              ]
        }
        formatTick={(value) => format.percent(value)}
      />
      {run.calibration?.noveltyThreshold !== null && <p className={styles.lead}>{t('abstain.novelty')}</p>}
    </section>
  );
}
