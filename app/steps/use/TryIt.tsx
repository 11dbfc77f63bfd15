import { SegmentedControl } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CameraView } from '../../capture/CameraView.tsx';
import { useCamera } from '../../capture/use-camera.ts';
import { useSay } from '../../copy/use-say.ts';
import { DoubtLine } from '../../live/DoubtLine.tsx';
import { FileView } from '../../live/FileView.tsx';
import { ProbabilityBars } from '../../live/ProbabilityBars.tsx';
import { SpeakerLine } from '../../live/SpeakerLine.tsx';
import { rankedAnswers } from '../../live/ranked.ts';
import { useFilePrediction, useLivePrediction, type LiveAnswer } from '../../live/use-live-prediction.ts';
import { useSampleKind } from '../../store/sample-kind.ts';
import { useApp } from '../../store/store.ts';
import styles from './UseStep.module.css';

const MOST_ROWS = 10;

interface TryItProps {
  readonly file: File | null;
  readonly onFile: (file: File | null) => void;
}

/** One picture at a time, large: camera or file, with the probability of each class. */
export function TryIt({ file, onFile }: TryItProps) {
  const { t } = useTranslation('use');
  const [wanted, setWanted] = useState<'camera' | 'file'>('file');
  const kind = useSampleKind();
  const source = kind === 'picture' ? wanted : 'file';
  const videoRef = useRef<HTMLVideoElement | null>(null);
  const camera = useCamera();
  const model = useApp(({ project, instant }) => project?.activeRunId ?? `instant ${instant.samples}`);
  const filmed = useLivePrediction(videoRef, source === 'camera' && camera.state.status === 'on');
  const filed = useFilePrediction(source === 'file' ? file : null, model);
  const answer = source === 'camera' ? filmed : filed;
  const { stop } = camera;
  useEffect(() => {
    if (source === 'file') stop();
  }, [source, stop]);
  const [shownFile, setShownFile] = useState(file);
  if (file !== shownFile) {
    setShownFile(file);
    if (file !== null) setWanted('file');
  }
  return (
    <section className={styles.section} aria-labelledby="try-title">
      <div className={styles.head}>
        <h2 id="try-title" className={styles.title}>
          {t('try.title')}
        </h2>
        {kind === 'picture' && (
          <SegmentedControl
            aria-label={t('try.source')}
            value={source}
            data={[
              { value: 'file', label: t('try.file') },
              { value: 'camera', label: t('try.camera') },
            ]}
            onChange={(value) => {
              setWanted(value === 'file' ? 'file' : 'camera');
              if (value === 'camera') camera.start();
            }}
          />
        )}
      </div>
      <div className={styles.try}>
        <div>
          {source === 'camera' ? (
            <CameraView camera={camera} videoRef={videoRef} />
          ) : (
            <FileView file={file} onFile={onFile} />
          )}
        </div>
        <div className={styles.answers}>
          <Answer answer={answer} />
          <SpeakerLine elapsedMs={answer.prediction?.elapsedMs ?? null} />
        </div>
      </div>
    </section>
  );
}

function Answer({ answer: { prediction, error } }: { readonly answer: LiveAnswer }) {
  const { t } = useTranslation('use');
  const { sayError } = useSay();
  const classes = useApp(({ project }) => project?.dataset.classes);
  const runs = useApp(({ project }) => project?.runs);
  if (error !== null) {
    return (
      <p className={styles.problem} role="alert">
        {sayError(error)}
      </p>
    );
  }
  if (prediction === null) return <p className={styles.waiting}>{t('try.waiting')}</p>;
  const { speaker } = prediction;
  const then = speaker.kind === 'run' ? runs?.find(({ id }) => id === speaker.runId)?.classes : undefined;
  return (
    <div>
      <DoubtLine prediction={prediction} />
      <ProbabilityBars
        answers={rankedAnswers(prediction, classes ?? [], then ?? [], MOST_ROWS)}
        total={prediction.classIds.length}
        size="large"
      />
    </div>
  );
}
