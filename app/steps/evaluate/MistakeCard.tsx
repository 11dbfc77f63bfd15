import { Checkbox } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { SamplePrediction, SampleRecord } from '../../../src/index.ts';
import { ClassMark } from '../../components/ClassMark.tsx';
import { useProbability } from '../../live/use-probability.ts';
import { Thumbnail } from '../pictures/Thumbnail.tsx';
import styles from './Mistakes.module.css';
import { topAnswers, type NamedClass } from './exam.ts';

/** Answers that are shown for one picture. */
const MOST_ANSWERS = 3;

interface MistakeCardProps {
  readonly prediction: SamplePrediction;
  readonly classes: readonly NamedClass[];
  /** Absent when the picture was deleted since. */
  readonly sample: SampleRecord | undefined;
  readonly onOpen: () => void;
  readonly picked: boolean;
  readonly onPick: (picked: boolean) => void;
}

/** One picture: what it is, and the probabilities the model gave. */
export function MistakeCard({ prediction, classes, sample, onOpen, picked, onPick }: MistakeCardProps) {
  const { t } = useTranslation(['evaluate', 'workshop']);
  const say = useProbability();
  const truth = classes[prediction.truth];
  return (
    <li className={styles.card}>
      {sample === undefined ? (
        <span className={styles.gone}>{t('mistakes.gone')}</span>
      ) : (
        <button
          type="button"
          className={styles.open}
          aria-label={t('mistakes.open', { name: sample.name })}
          title={sample.name}
          onClick={onOpen}
        >
          <Thumbnail id={sample.id} alt="" />
        </button>
      )}
      <div className={styles.facts}>
        <div className={styles.truth}>
          <span className={styles.label}>{t('mistakes.isA')}</span>{' '}
          {truth !== undefined && <ClassMark index={truth.index} size="small" />}{' '}
          <span className={styles.name} title={truth?.name}>
            {truth?.name}
          </span>
          {sample !== undefined && (
            <Checkbox
              className={styles.pick}
              aria-label={t('workshop:pick', { name: sample.name })}
              checked={picked}
              onChange={({ currentTarget }) => onPick(currentTarget.checked)}
            />
          )}
        </div>
        <ul className={styles.answers} aria-label={t('mistakes.said')}>
          {topAnswers(prediction, MOST_ANSWERS).map(({ at, probability }) => (
            <li key={at} data-true={at === prediction.truth || undefined}>
              <span className={styles.name} title={classes[at]?.name}>
                {classes[at]?.name}
              </span>
              <span className={styles.percent}>{say(probability)}</span>
              <span className={styles.track} aria-hidden>
                <span style={{ width: `${probability * 100}%` }} />
              </span>
            </li>
          ))}
        </ul>
      </div>
    </li>
  );
}
