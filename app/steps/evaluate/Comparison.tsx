import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { comparePaired, type ProjectSnapshot, type RunSummary } from '../../../src/index.ts';
import { LineChart, type LineSeries } from '../../charts/LineChart.tsx';
import { ScrollRegion } from '../../components/ScrollRegion.tsx';
import { useFormat } from '../../copy/format.ts';
import styles from './EvaluateStep.module.css';
import own from './Scores.module.css';
import { SIGNIFICANT } from './exam.ts';

interface ComparisonProps {
  readonly project: ProjectSnapshot;
  /** The latest first. */
  readonly runs: readonly RunSummary[];
}

/** Curves that can be told apart. */
const MOST_CURVES = 5;
const COLOURS = ['var(--g-leaf)', 'var(--g-ink)', 'var(--g-bark)', 'var(--g-amber-ink)', 'var(--g-ink-3)'];

/** Runs side by side: a paired test of two, their curves on one chart, what each was. */
export function Comparison({ project, runs }: ComparisonProps) {
  if (runs.length < 2) return null;
  return (
    <>
      <PairedTest project={project} runs={runs} />
      <RunCurves project={project} runs={runs} />
    </>
  );
}

function PairedTest({ project, runs }: ComparisonProps) {
  const { t } = useTranslation('exam');
  const examined = runs.filter(({ id }) => project.reports[id] !== undefined);
  const [firstId, setFirst] = useState<string | null>(null);
  const [secondId, setSecond] = useState<string | null>(null);
  const first = examined.find(({ id }) => id === firstId) ?? examined[1];
  const second = examined.find(({ id }) => id === secondId) ?? examined[0];
  const choice = (run: RunSummary | undefined, label: string, choose: (id: string) => void) => (
    <NativeSelect
      label={label}
      value={run?.id ?? ''}
      data={examined.map(({ id, number }) => ({ value: id, label: `${t('compare.run')} ${number}` }))}
      onChange={(event) => choose(event.currentTarget.value)}
    />
  );
  return (
    <section className={styles.section} aria-labelledby="paired-title">
      <h2 id="paired-title" className={styles.title}>
        {t('compare.title')} <span className={styles.term}>({t('compare.test')})</span>
      </h2>
      <p className={styles.lead}>{t('compare.lead')}</p>
      {first === undefined || second === undefined ? (
        <p>{t('compare.same')}</p>
      ) : (
        <>
          <div className={own.row}>
            {choice(first, t('compare.first'), setFirst)}
            {choice(second, t('compare.second'), setSecond)}
          </div>
          <Verdict project={project} first={first} second={second} />
        </>
      )}
    </section>
  );
}

interface VerdictProps {
  readonly project: ProjectSnapshot;
  readonly first: RunSummary;
  readonly second: RunSummary;
}

function Verdict({ project, first, second }: VerdictProps) {
  const { t } = useTranslation('exam');
  const format = useFormat();
  const [a, b] = [project.reports[first.id], project.reports[second.id]];
  if (a === undefined || b === undefined || first.id === second.id) return <p>{t('compare.same')}</p>;
  const found = comparePaired(
    a.predictions,
    b.predictions,
    (one, other) => a.classIds[one.truth] === b.classIds[other.truth],
  );
  if (found.common === 0 || found.difference === null) return <p>{t('compare.same')}</p>;
  const better = found.difference >= 0 ? second : first;
  const sign = found.difference >= 0 ? 1 : -1;
  const bounds = [sign * found.interval.low, sign * found.interval.high].sort((x, y) => x - y);
  const words = {
    better: better.number,
    points: format.number(100 * Math.abs(found.difference), 1),
    low: format.number(100 * (bounds[0] ?? 0), 1),
    high: format.number(100 * (bounds[1] ?? 0), 1),
    p: format.chance(found.pValue),
  };
  return (
    <div className={own.sentences} role="status">
      <p>
        <strong>{t(found.pValue < SIGNIFICANT ? 'compare.better' : 'compare.noise', words)}</strong>
      </p>
      <dl className={own.facts}>
        {(
          [
            [t('compare.both'), found.bothRight],
            [t('compare.only', { number: first.number }), found.onlyFirst],
            [t('compare.only', { number: second.number }), found.onlySecond],
            [t('compare.neither'), found.neither],
          ] as const
        ).map(([label, count]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{format.count(count)}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.term}>{t('compare.common', { count: found.common })}</p>
    </div>
  );
}

function RunCurves({ project, runs }: ComparisonProps) {
  const { t } = useTranslation('exam');
  const format = useFormat();
  const shown = runs.slice(0, MOST_CURVES);
  const series = (key: 'validationLoss' | 'validationAccuracy'): LineSeries[] =>
    shown.map((run, at) => ({
      id: run.id,
      label: `${t('compare.run')} ${run.number}`,
      colour: COLOURS[at] ?? 'var(--g-ink)',
      points: run.epochs.flatMap((log) => {
        const y = log[key];
        return y === null || !Number.isFinite(y) ? [] : [{ x: log.epoch, y }];
      }),
    }));
  const loss = series('validationLoss');
  const last = Math.max(1, ...shown.map(({ epochs }) => epochs.length - 1));
  const highest = Math.max(0.5, ...loss.flatMap(({ points }) => points.map(({ y }) => y)));
  const common = { xDomain: [0, last] as const, xLabel: t('compare.epoch'), empty: t('compare.empty') };
  return (
    <section className={styles.section} aria-labelledby="run-curves-title">
      <h2 id="run-curves-title" className={styles.title}>
        {t('compare.curves')}
      </h2>
      <div className={own.charts}>
        <figure>
          <figcaption>{t('compare.accuracy')}</figcaption>
          <LineChart
            {...common}
            title={t('compare.accuracy')}
            series={series('validationAccuracy')}
            yDomain={[0, 1]}
            formatY={(value) => format.percent(value)}
          />
        </figure>
        <figure>
          <figcaption>{t('compare.loss')}</figcaption>
          <LineChart
            {...common}
            title={t('compare.loss')}
            series={loss}
            yDomain={[0, highest * 1.05]}
            formatY={(value) => format.number(value, 2)}
          />
        </figure>
      </div>
      <RunFacts project={project} runs={runs} />
    </section>
  );
}

/** What each run was: enough to do it again, and what it cost. */
function RunFacts({ project, runs }: ComparisonProps) {
  const { t } = useTranslation('exam');
  const format = useFormat();
  const columns = ['device', 'seed', 'weights', 'augmentation', 'steps', 'seconds', 'split'] as const;
  // How many pictures an earlier split had is not kept; its epochs are.
  const steps = ({ epochs, settings, splitHash }: RunSummary) => {
    const done = Math.max(0, epochs.length - 1);
    if (project.split?.hash !== splitHash) return t('compare.epochs', { count: done });
    return format.count(done * Math.ceil(project.split.train.length / settings.batchSize));
  };
  return (
    <details className={own.details}>
      <summary id="run-facts-title">{t('compare.facts')}</summary>
      <ScrollRegion className={styles.scroll} labelledBy="run-facts-title">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('compare.run')}</th>
              {columns.map((column) => (
                <th key={column} scope="col" className={styles.number}>
                  {t(`compare.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.id}>
                <th scope="row">{run.number}</th>
                <td className={styles.number}>{run.backend}</td>
                <td className={styles.number}>{run.settings.seed}</td>
                <td className={styles.number}>{format.compact(run.trainableParameters)}</td>
                <td className={styles.number}>{run.settings.augmentation.variants}</td>
                <td className={styles.number}>{steps(run)}</td>
                <td className={styles.number}>
                  {format.duration((run.seconds.features + run.seconds.train) * 1000)}
                </td>
                <td className={styles.number}>{run.splitHash.slice(0, 8)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </details>
  );
}
