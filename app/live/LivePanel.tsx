import { useEffect, useRef, useState, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import type { SampleKind } from '../../src/index.ts';
import { CameraView } from '../capture/CameraView.tsx';
import { useCamera } from '../capture/use-camera.ts';
import { useSampleKind } from '../store/sample-kind.ts';
import { FileView } from './FileView.tsx';
import classes from './LivePanel.module.css';
import { ListeningAnswers, ListeningView, useListening } from './LiveSound.tsx';
import { Answers, MOST_ROWS, PanelTop, type LiveSource } from './PanelParts.tsx';
import { SpeakerLine } from './SpeakerLine.tsx';
import { TextView } from './TextView.tsx';
import { WaitingClasses } from './WaitingClasses.tsx';
import { useFilePrediction, useLivePrediction } from './use-live-prediction.ts';
import { useCanAnswer, useModelName } from './use-model.ts';

interface LivePanelProps {
  readonly visible: boolean;
  readonly pulledUp: boolean;
}

/**
 * Camera, microphone or file, and what the model says to it: from the third sample of two classes on, with nothing to
 * press. While it is not `visible` the device is off and nothing is computed. Where it is `pulledUp` by hand, it is
 * pulled up to be used: the device then starts at once, if there is a model to answer.
 */
export function LivePanel(props: LivePanelProps) {
  const Panel = PANELS[useSampleKind()];
  return <Panel {...props} />;
}

const PANELS: Readonly<Record<SampleKind, ComponentType<LivePanelProps>>> = {
  picture: PicturePanel,
  sound: SoundPanel,
  text: TextPanel,
};

function PicturePanel({ visible, pulledUp }: LivePanelProps) {
  const [source, setSource] = useState<LiveSource>('camera');
  const [file, setFile] = useState<File | null>(null);
  const videoRef = useRef<HTMLVideoElement | null>(null);
  const camera = useCamera();
  const ready = useCanAnswer();
  const model = useModelName();
  const filming = visible && source === 'camera' && camera.state.status === 'on';
  const filmed = useLivePrediction(videoRef, filming && ready);
  const filed = useFilePrediction(visible && source === 'file' && ready ? file : null, model);
  const answer = source === 'camera' ? filmed : filed;
  useOnlyWhileSeen(camera, visible, pulledUp && ready && source === 'camera');
  return (
    <section className={classes.panel} aria-labelledby="live-title">
      <PanelTop
        source={source}
        onSource={(next) => {
          setSource(next);
          camera.stop();
        }}
      />
      {source === 'camera' ? (
        <CameraView camera={camera} videoRef={videoRef} />
      ) : (
        <FileView file={file} onFile={setFile} />
      )}
      <div className={classes.answers}>{ready ? <Answers answer={answer} /> : <WaitingClasses />}</div>
      {ready && <SpeakerLine elapsedMs={answer.prediction?.elapsedMs ?? null} />}
    </section>
  );
}

function SoundPanel({ visible, pulledUp }: LivePanelProps) {
  const [source, setSource] = useState<LiveSource>('camera');
  const [file, setFile] = useState<File | null>(null);
  const ready = useCanAnswer();
  const model = useModelName();
  const listens = source === 'camera';
  const listening = useListening(visible && listens && ready);
  const filed = useFilePrediction(visible && !listens && ready ? file : null, model);
  const { microphone, latest } = listening;
  useOnlyWhileSeen(microphone, visible, pulledUp && ready && listens);
  return (
    <section className={classes.panel} aria-labelledby="live-title">
      <PanelTop
        source={source}
        onSource={(next) => {
          setSource(next);
          microphone.stop();
        }}
      />
      {listens ? <ListeningView listening={listening} /> : <FileView file={file} onFile={setFile} />}
      <div className={classes.answers}>
        {!ready && <WaitingClasses />}
        {ready &&
          (listens ? (
            <ListeningAnswers listening={listening} most={MOST_ROWS} />
          ) : (
            <Answers answer={filed} />
          ))}
      </div>
      {ready && <SpeakerLine elapsedMs={(listens ? latest : filed.prediction)?.elapsedMs ?? null} />}
    </section>
  );
}

function TextPanel({ visible }: LivePanelProps) {
  const [file, setFile] = useState<File | null>(null);
  const { t } = useTranslation('live');
  const ready = useCanAnswer();
  const answer = useFilePrediction(visible && ready ? file : null, useModelName());
  return (
    <section className={classes.panel} aria-labelledby="live-title">
      <h2 className={classes.title} id="live-title">
        {t('title')}
      </h2>
      <TextView onFile={setFile} />
      <div className={classes.answers}>{ready ? <Answers answer={answer} /> : <WaitingClasses />}</div>
      {ready && <SpeakerLine elapsedMs={answer.prediction?.elapsedMs ?? null} />}
    </section>
  );
}

/** Starts a device where that is wanted at once, and stops it when nobody sees the panel. */
function useOnlyWhileSeen(
  { start, stop }: { readonly start: () => void; readonly stop: () => void },
  visible: boolean,
  startNow: boolean,
): void {
  useEffect(() => {
    if (visible && startNow) start();
    else if (!visible) stop();
  }, [startNow, visible, start, stop]);
}
