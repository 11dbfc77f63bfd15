import { Button, NativeSelect, NumberInput } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  accuracyAt,
  curveSamples,
  expectedBand,
  expectedGain,
  fitPowerLaw,
  type LearningCurve,
  type ProjectSnapshot,
} from '../../../src/index.ts';
import { LineChart } from '../../charts/LineChart.tsx';
import { ProgressRow } from '../../components/ProgressRow.tsx';
import { useFormat } from '../../copy/format.ts';
import { drawLearningCurve } from '../../store/evaluate-actions.ts';
import { useApp } from '../../store/store.ts';
import { cancelTask } from '../../store/tasks.ts';
import styles from './EvaluateStep.module.css';
import own from './Scores.module.css';

/** Fewer samples to learn from than this have no parts worth the name. */
const LEAST = 20;
/** The fitted curve is drawn on to so many times the present data. */
const AHEAD = 2;

/** What more data would bring: heads taught on parts of the data, and the curve through them. */
export function LearningCurvePanel({ project }: { readonly project: ProjectSnapshot }) {
  const { t } = useTranslation('exam');
  const task = useApp(({ tasks }) => tasks['learning-curve']);
  const curve = useApp(({ learningCurve }) => learningCurve);
  const isOfToday = curve?.splitHash === project.split?.hash && curve?.modelId === project.settings.modelId;
  const shown = isOfToday ? curve : null;
  const learning = project.split?.train.length ?? 0;
  return (
    <section className={styles.section} aria-labelledby="curve-title">
      <h2 id="curve-title" className={styles.title}>
        {t('curve.title')} <span className={styles.term}>({t('curve.term')})</span>
      </h2>
      <p className={styles.lead}>{t('curve.lead')}</p>
      {learning < LEAST ? (
        <p>{t('curve.few', { count: LEAST })}</p>
      ) : (
        <div className={own.place}>
          {task === undefined ? (
            <Button variant="default" onClick={() => void drawLearningCurve()}>
              {t(shown === null ? 'curve.start' : 'curve.again')}
            </Button>
          ) : (
            <ProgressRow
              label={t('curve.working')}
              unit="parts"
              done={task.done}
              total={task.total}
              rate={task.rate}
              remainingMs={task.remainingMs}
              onCancel={() => cancelTask('learning-curve')}
            />
          )}
        </div>
      )}
      {shown !== null && <Drawn project={project} curve={shown} />}
    </section>
  );
}

function Drawn({ project, curve }: { readonly project: ProjectSnapshot; readonly curve: LearningCurve }) {
  const { t } = useTranslation('exam');
  const format = useFormat();
  const [chosen, setChosen] = useState('');
  const [more, setMore] = useState(20);
  const { ref, width } = useElementSize<HTMLElement>();
  const position = curve.classIds.indexOf(chosen);
  const classAt = position < 0 ? null : position;
  const { points, law } = useMemo(() => {
    const samples = curveSamples(curve, classAt);
    return { points: samples, law: fitPowerLaw(samples) };
  }, [curve, classAt]);
  const gain = useMemo(() => expectedGain(curve, classAt, more), [curve, classAt, more]);
  const last = points.at(-1)?.n ?? 1;
  const first = points[0]?.n ?? 1;
  const name = (id: string) => project.dataset.classes.find((one) => one.id === id)?.name ?? id;
  const band = useMemo(() => {
    const counts = Array.from({ length: 41 }, (_, at) => first + ((AHEAD * last - first) * at) / 40);
    return expectedBand(curve, classAt, counts);
  }, [curve, classAt, first, last]);
  const lowest = Math.min(...points.map(({ accuracy }) => accuracy), ...band.map(({ low }) => low));
  const signed = (share: number) => `${share >= 0 ? '+' : ''}${format.number(100 * share, 1)}`;
  return (
    <>
      <figure ref={ref} className={own.figure}>
        <LineChart
          title={t('curve.chart')}
          series={[
            {
              id: 'expected',
              label: t('curve.expected'),
              colour: 'var(--g-ink-3)',
              points: band.map(({ n }) => ({ x: n, y: accuracyAt(law, n) })),
              band: band.map(({ n, ...range }) => ({ x: n, ...range })),
            },
            {
              id: 'measured',
              label: t('curve.measured'),
              colour: 'var(--g-leaf)',
              points: points.map(({ n, accuracy }) => ({ x: n, y: accuracy })),
              dots: true,
            },
          ]}
          xDomain={[0, AHEAD * last]}
          yDomain={[Math.max(0, Math.floor(lowest * 10 - 1) / 10), 1]}
          xLabel={t('curve.x')}
          formatY={(value) => format.percent(value)}
          {...(width > 0 && { width: Math.round(width) })}
        />
      </figure>
      <div className={own.row}>
        <NativeSelect
          label={t('curve.moreClass')}
          value={chosen}
          data={[
            { value: '', label: t('curve.allClasses') },
            ...curve.classIds.map((id) => ({ value: id, label: name(id) })),
          ]}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
        <NumberInput
          label={t('curve.count')}
          min={1}
          max={100_000}
          value={more}
          onChange={(value) => setMore(Math.max(1, Number(value) || 1))}
        />
      </div>
      {gain !== null && (
        <p role="status">
          <strong>
            {t('curve.more', {
              count: more,
              name: classAt === null ? t('curve.allClasses') : name(chosen),
              points: signed(gain.gain),
              low: signed(gain.band.low),
              high: signed(gain.band.high),
            })}
          </strong>
        </p>
      )}
      <p className={styles.lead}>
        {t('curve.band')} {t('curve.note')}
      </p>
    </>
  );
}
