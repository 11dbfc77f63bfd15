import { SegmentedControl } from '@mantine/core';
import { useEffect, useRef, useState, type ComponentType, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SampleKind } from '../../../src/index.ts';
import { CameraView } from '../../capture/CameraView.tsx';
import { useCamera } from '../../capture/use-camera.ts';
import { useSay } from '../../copy/use-say.ts';
import { DoubtLine } from '../../live/DoubtLine.tsx';
import { FileView } from '../../live/FileView.tsx';
import { ListeningAnswers, ListeningView, useListening } from '../../live/LiveSound.tsx';
import type { LiveSource } from '../../live/PanelParts.tsx';
import { ProbabilityBars } from '../../live/ProbabilityBars.tsx';
import { SpeakerLine } from '../../live/SpeakerLine.tsx';
import { TextView } from '../../live/TextView.tsx';
import { rankedAnswers } from '../../live/ranked.ts';
import { useFilePrediction, useLivePrediction, type LiveAnswer } from '../../live/use-live-prediction.ts';
import { useModelName } from '../../live/use-model.ts';
import { useSampleKind } from '../../store/sample-kind.ts';
import { useApp } from '../../store/store.ts';
import styles from './UseStep.module.css';
import { WhyFile } from './WhyFile.tsx';

const MOST_ROWS = 10;

interface TryItProps {
  readonly file: File | null;
  readonly onFile: (file: File | null) => void;
}

/** One sample at a time, large: camera, microphone or file, with the probability of each class. */
export function TryIt(props: TryItProps) {
  const Try = TRIES[useSampleKind()];
  return <Try {...props} />;
}

const TRIES: Readonly<Record<SampleKind, ComponentType<TryItProps>>> = {
  picture: TryPicture,
  sound: TrySound,
  text: TryText,
};

function TryPicture({ file, onFile }: TryItProps) {
  const videoRef = useRef<HTMLVideoElement | null>(null);
  const camera = useCamera();
  const [source, setSource] = useSource(file, camera);
  const model = useModelName();
  const filmed = useLivePrediction(videoRef, source === 'camera' && camera.state.status === 'on');
  const filed = useFilePrediction(source === 'file' ? file : null, model);
  const answer = source === 'camera' ? filmed : filed;
  return (
    <Frame source={source} onSource={setSource}>
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
    </Frame>
  );
}

function TrySound({ file, onFile }: TryItProps) {
  const listening = useListening(true);
  const { microphone, latest } = listening;
  const [source, setSource] = useSource(file, microphone);
  const model = useModelName();
  const filed = useFilePrediction(source === 'file' ? file : null, model);
  return (
    <Frame source={source} onSource={setSource}>
      <div>
        {source === 'camera' ? (
          <ListeningView listening={listening} />
        ) : (
          <FileView file={file} onFile={onFile} />
        )}
      </div>
      <div className={styles.answers}>
        {source === 'camera' ? (
          <ListeningAnswers listening={listening} most={MOST_ROWS} size="large" />
        ) : (
          <Answer answer={filed} />
        )}
        <SpeakerLine elapsedMs={(source === 'camera' ? latest : filed.prediction)?.elapsedMs ?? null} />
      </div>
    </Frame>
  );
}

function TryText() {
  const [written, setWritten] = useState<File | null>(null);
  const { t } = useTranslation('use');
  const answer = useFilePrediction(written, useModelName());
  return (
    <section className={styles.section} aria-labelledby="try-title">
      <h2 id="try-title" className={styles.title}>
        {t('try.title')}
      </h2>
      <div className={styles.try}>
        <TextView onFile={setWritten} />
        <div className={styles.answers}>
          <Answer answer={answer} />
          <SpeakerLine elapsedMs={answer.prediction?.elapsedMs ?? null} />
        </div>
      </div>
      <WhyFile file={written} prediction={answer.prediction} />
    </section>
  );
}

/** What is answered: a new file is looked at or listened to at once, and the device is then off. */
function useSource(
  file: File | null,
  { start, stop }: { readonly start: () => void; readonly stop: () => void },
) {
  const [source, setSource] = useState<LiveSource>('file');
  const [shownFile, setShownFile] = useState(file);
  if (file !== shownFile) {
    setShownFile(file);
    if (file !== null) setSource('file');
  }
  useEffect(() => {
    if (source === 'file') stop();
    else start();
  }, [source, start, stop]);
  return [source, setSource] as const;
}

interface FrameProps {
  readonly source: LiveSource;
  readonly onSource: (source: LiveSource) => void;
  readonly children: ReactNode;
}

function Frame({ source, onSource, children }: FrameProps) {
  const { t } = useTranslation('use');
  return (
    <section className={styles.section} aria-labelledby="try-title">
      <div className={styles.head}>
        <h2 id="try-title" className={styles.title}>
          {t('try.title')}
        </h2>
        <SegmentedControl
          aria-label={t('try.source')}
          value={source}
          data={[
            { value: 'file', label: t('try.file') },
            { value: 'camera', label: t('try.camera') },
          ]}
          onChange={(value) => onSource(value === 'file' ? 'file' : 'camera')}
        />
      </div>
      <div className={styles.try}>{children}</div>
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
