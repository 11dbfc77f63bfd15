import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FoldScores, ProjectSnapshot } from '../../../src/index.ts';
import { ProgressRow } from '../../components/ProgressRow.tsx';
import { useFormat } from '../../copy/format.ts';
import { crossValidate } from '../../store/data-actions.ts';
import { useApp } from '../../store/store.ts';
import { cancelTask } from '../../store/tasks.ts';
import own from './CrossValidation.module.css';
import styles from './Doctor.module.css';

/** How good the data are before anything is trained, and what a leak would have pretended. */
export function CrossValidation({ project }: { readonly project: ProjectSnapshot }) {
  const { t } = useTranslation('prepare');
  const result = useApp((state) => state.crossValidation);
  const task = useApp((state) => state.tasks['cross-validate']);
  const ready = useApp(({ instant, model }) => model !== null && instant.ready);
  const shown = result !== null && result.modelId === project.settings.modelId ? result : null;
  return (
    <section className={styles.section} aria-labelledby="folds-title">
      <div className={styles.head}>
        <div className={styles.words}>
          <h2 id="folds-title" className={styles.title}>
            {t('folds.title')}
          </h2>
          <p className={styles.lead}>{t('folds.lead')}</p>
        </div>
        <Button
          variant="default"
          disabled={!ready || task !== undefined}
          onClick={() => void crossValidate()}
        >
          {t(shown === null ? 'folds.run' : 'folds.again')}
        </Button>
      </div>
      {task !== undefined && (
        <ProgressRow label={t('folds.running')} {...task} onCancel={() => cancelTask('cross-validate')} />
      )}
      <div aria-live="polite" className={own.results}>
        {shown !== null && task === undefined && (
          <>
            <Score
              name={t(shown.unguarded === null ? 'folds.score' : 'folds.guarded')}
              scores={shown.guarded}
            />
            {shown.unguarded !== null && (
              <Score name={t('folds.unguarded')} scores={shown.unguarded} pretended />
            )}
            <p className={styles.lead}>
              <Meaning related={shown.related} guarded={shown.guarded} unguarded={shown.unguarded} />{' '}
              {t('folds.how', { folds: shown.folds, count: shown.samples })}
              {shown.revision !== project.dataset.revision && ` ${t('doctor.stale')}`}
            </p>
          </>
        )}
      </div>
    </section>
  );
}

function Meaning({
  related,
  guarded,
  unguarded,
}: {
  readonly related: number;
  readonly guarded: FoldScores;
  readonly unguarded: FoldScores | null;
}) {
  const { t } = useTranslation('prepare');
  if (unguarded === null) return t('folds.noRelatives');
  const points = Math.round((unguarded.accuracy - guarded.accuracy) * 100);
  return points > 0
    ? t('folds.pretended', { count: points, related })
    : t('folds.noDifference', { count: related });
}

interface ScoreProps {
  readonly name: string;
  readonly scores: FoldScores;
  /** Without the guard. */
  readonly pretended?: boolean;
}

/** An accuracy with its interval, on a line from 0 to 100 %, the folds as ticks. */
function Score({ name, scores, pretended }: ScoreProps) {
  const { t } = useTranslation('prepare');
  const format = useFormat();
  const { accuracy, interval, accuracies } = scores;
  const values = { low: format.percent(interval.low), high: format.percent(interval.high) };
  return (
    <div className={own.score} data-pretended={pretended}>
      <span className={own.name}>{name}</span>
      <strong className={own.number}>{format.percent(accuracy)}</strong>
      <span className={own.interval}>{t('folds.interval', values)}</span>
      <span className={own.line} aria-hidden>
        <span
          className={own.range}
          style={{ left: `${interval.low * 100}%`, width: `${(interval.high - interval.low) * 100}%` }}
        />
        {accuracies.map((one, fold) => (
          <span key={fold} className={own.tick} style={{ left: `${one * 100}%` }} />
        ))}
      </span>
    </div>
  );
}
