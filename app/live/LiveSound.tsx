import { Slider } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ClassRecord, RunSummary } from '../../src/index.ts';
import { MicrophoneView } from '../capture/MicrophoneView.tsx';
import { ClassMark } from '../components/ClassMark.tsx';
import { useFormat } from '../copy/format.ts';
import { useSay } from '../copy/use-say.ts';
import { useBackgroundClasses } from '../store/background-class.ts';
import { useApp } from '../store/store.ts';
import { DoubtLine } from './DoubtLine.tsx';
import classes from './LiveSound.module.css';
import { ProbabilityBars } from './ProbabilityBars.tsx';
import { rankedAnswers, silentAnswer } from './ranked.ts';
import type { Heard } from './spotter.ts';
import { useLiveSound, type LiveSound } from './use-live-sound.ts';

/** Told from this probability on, unless the person says otherwise. */
const THRESHOLD = 0.8;

/** What the microphone hears, while `running`, with the threshold from which a word is told. */
export function useListening(running: boolean): LiveSound & {
  readonly threshold: number;
  readonly setThreshold: (threshold: number) => void;
} {
  const [threshold, setThreshold] = useState(THRESHOLD);
  const quiet = useBackgroundClasses();
  const live = useLiveSound(
    running,
    useMemo(() => ({ threshold, quiet }), [threshold, quiet]),
  );
  return { ...live, threshold, setThreshold };
}

interface LiveSoundProps {
  readonly listening: ReturnType<typeof useListening>;
  /** More classes than this and only the most probable are shown. */
  readonly most: number;
  readonly size?: 'normal' | 'large';
}

/** The level of the microphone, the words that were told, and from when on they are. */
export function ListeningView({ listening }: Pick<LiveSoundProps, 'listening'>) {
  const { t } = useTranslation('sound');
  const format = useFormat();
  const { microphone, spotting, threshold, setThreshold } = listening;
  return (
    <MicrophoneView microphone={microphone}>
      <HeardLine heard={spotting.heard} isSounding={spotting.sounding !== null} />
      <div className={classes.threshold}>
        <span id="threshold">{t('live.threshold', { percent: format.percent(threshold) })}</span>
        <Slider
          aria-labelledby="threshold"
          thumbProps={{ 'aria-labelledby': 'threshold' }}
          size="sm"
          label={null}
          min={0.4}
          max={0.99}
          step={0.01}
          value={threshold}
          onChange={setThreshold}
        />
      </div>
    </MicrophoneView>
  );
}

/** The latest word large, those before it small. */
function HeardLine({
  heard,
  isSounding,
}: {
  readonly heard: readonly Heard[];
  readonly isSounding: boolean;
}) {
  const { t } = useTranslation('sound');
  const named = useApp(({ project }) => project?.dataset.classes) ?? [];
  const [last, ...before] = heard;
  const nameOf = ({ classId }: Heard) => named.find(({ id }) => id === classId)?.name ?? '';
  const indexOf = ({ classId }: Heard) =>
    Math.max(
      0,
      named.findIndex(({ id }) => id === classId),
    );
  return (
    <div className={classes.heard}>
      <p className={classes.last} data-sounding={isSounding || undefined} role="status">
        {last === undefined ? (
          t('live.listening')
        ) : (
          <>
            <ClassMark index={indexOf(last)} /> <span className={classes.word}>{nameOf(last)}</span>
          </>
        )}
      </p>
      <p className={classes.before}>{before.map(nameOf).join(' · ')}</p>
    </div>
  );
}

/** The smoothed probability of each class. */
export function ListeningAnswers({
  listening: { spotting, latest, error },
  most,
  size = 'normal',
}: LiveSoundProps) {
  const { sayError } = useSay();
  const present = useApp(({ project }) => project?.dataset.classes);
  const runs = useApp(({ project }) => project?.runs);
  if (error !== null && error.code !== 'not-ready')
    return <p className={classes.problem}>{sayError(error)}</p>;
  const shown = spotting.smoothed ?? silentAnswer(present ?? []);
  return (
    <div>
      <DoubtLine prediction={latest} />
      <ProbabilityBars
        answers={rankedAnswers(shown, present ?? [], namesThen(shown.speaker, runs), most)}
        total={shown.classIds.length}
        silent={spotting.smoothed === null}
        size={size}
      />
    </div>
  );
}

/** The classes of a run as they were called when it learned. */
function namesThen(
  speaker: { readonly kind: string; readonly runId?: string },
  runs: readonly RunSummary[] | undefined,
): readonly ClassRecord[] {
  return runs?.find(({ id }) => id === speaker.runId)?.classes ?? [];
}
