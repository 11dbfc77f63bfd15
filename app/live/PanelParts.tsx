import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useSay } from '../copy/use-say.ts';
import { useApp } from '../store/store.ts';
import { DoubtLine } from './DoubtLine.tsx';
import classes from './LivePanel.module.css';
import { ProbabilityBars } from './ProbabilityBars.tsx';
import { rankedAnswers, silentAnswer } from './ranked.ts';
import type { LiveAnswer } from './use-live-prediction.ts';

/** More classes than this and only the most probable are shown. */
export const MOST_ROWS = 6;

/** What is looked or listened to: what the device takes in now, or a file. */
export type LiveSource = 'camera' | 'file';

interface PanelTopProps {
  readonly source: LiveSource;
  readonly onSource: (source: LiveSource) => void;
}

/** The title, and the choice of what is answered. */
export function PanelTop({ source, onSource }: PanelTopProps) {
  const { t } = useTranslation('live');
  return (
    <div className={classes.top}>
      <h2 className={classes.title} id="live-title">
        {t('title')}
      </h2>
      <SegmentedControl
        size="xs"
        aria-label={t('source')}
        value={source}
        data={[
          { value: 'camera', label: t('camera') },
          { value: 'file', label: t('file') },
        ]}
        onChange={(value) => onSource(value === 'file' ? 'file' : 'camera')}
      />
    </div>
  );
}

export function Answers({ answer: { prediction, error } }: { readonly answer: LiveAnswer }) {
  const { sayError } = useSay();
  const classRecords = useApp(({ project }) => project?.dataset.classes);
  const runs = useApp(({ project }) => project?.runs);
  if (error !== null && error.code !== 'not-ready')
    return <p className={classes.problem}>{sayError(error)}</p>;
  const shown = prediction ?? silentAnswer(classRecords ?? []);
  const { speaker } = shown;
  const then = speaker.kind === 'run' ? runs?.find(({ id }) => id === speaker.runId)?.classes : undefined;
  return (
    <div>
      <DoubtLine prediction={prediction} />
      <ProbabilityBars
        answers={rankedAnswers(shown, classRecords ?? [], then ?? [], MOST_ROWS)}
        total={shown.classIds.length}
        silent={prediction === null}
      />
    </div>
  );
}
