import { SegmentedControl } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CameraView } from '../capture/CameraView.tsx';
import { useCamera } from '../capture/use-camera.ts';
import { useSay } from '../copy/use-say.ts';
import { useSampleKind } from '../store/sample-kind.ts';
import { useApp } from '../store/store.ts';
import { DoubtLine } from './DoubtLine.tsx';
import { FileView } from './FileView.tsx';
import classes from './LivePanel.module.css';
import { ProbabilityBars } from './ProbabilityBars.tsx';
import { SpeakerLine } from './SpeakerLine.tsx';
import { WaitingClasses } from './WaitingClasses.tsx';
import { rankedAnswers } from './ranked.ts';
import { useFilePrediction, useLivePrediction, type LiveAnswer } from './use-live-prediction.ts';

/** More classes than this and only the most probable are shown. */
const MOST_ROWS = 6;

/**
 * Camera or file, and what the model says to it: from the third picture of two classes on, with nothing to press.
 * While it is not `visible` the camera is off and nothing is computed. Where it is `pulledUp` by hand, it is pulled up
 * to be used: the camera then starts at once, if there is a model to answer.
 */
export function LivePanel({ visible, pulledUp }: { readonly visible: boolean; readonly pulledUp: boolean }) {
  const { t } = useTranslation('live');
  const kind = useSampleKind();
  const [wanted, setSource] = useState<'camera' | 'file'>('camera');
  const source = kind === 'picture' ? wanted : 'file';
  const [file, setFile] = useState<File | null>(null);
  const videoRef = useRef<HTMLVideoElement | null>(null);
  const camera = useCamera();
  const ready = useCanAnswer();
  const model = useModelName();
  const filming = visible && source === 'camera' && camera.state.status === 'on';
  const filmed = useLivePrediction(videoRef, filming && ready);
  const filed = useFilePrediction(visible && source === 'file' && ready ? file : null, model);

  const { start, stop } = camera;
  const startNow = visible && pulledUp && ready && source === 'camera';
  useEffect(() => {
    if (startNow) start();
    else if (!visible) stop();
  }, [startNow, visible, start, stop]);

  return (
    <section className={classes.panel} aria-labelledby="live-title">
      <div className={classes.top}>
        <h2 className={classes.title} id="live-title">
          {t('title')}
        </h2>
        {kind === 'picture' && (
          <SegmentedControl
            size="xs"
            aria-label={t('source')}
            value={source}
            data={[
              { value: 'camera', label: t('camera') },
              { value: 'file', label: t('file') },
            ]}
            onChange={(value) => {
              setSource(value === 'file' ? 'file' : 'camera');
              camera.stop();
            }}
          />
        )}
      </div>
      {source === 'camera' ? (
        <CameraView camera={camera} videoRef={videoRef} />
      ) : (
        <FileView file={file} onFile={setFile} />
      )}
      <div className={classes.answers}>
        {ready ? <Answers answer={source === 'camera' ? filmed : filed} /> : <WaitingClasses />}
      </div>
      {ready && (
        <SpeakerLine elapsedMs={(source === 'camera' ? filmed : filed).prediction?.elapsedMs ?? null} />
      )}
    </section>
  );
}

function Answers({ answer: { prediction, error } }: { readonly answer: LiveAnswer }) {
  const { sayError } = useSay();
  const classRecords = useApp(({ project }) => project?.dataset.classes);
  const runs = useApp(({ project }) => project?.runs);
  if (error !== null && error.code !== 'not-ready')
    return <p className={classes.problem}>{sayError(error)}</p>;
  const shown = prediction ?? silent(classRecords ?? []);
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

/** The classes with empty bars, so that the rows are there before the first answer. */
function silent(classRecords: readonly { readonly id: string }[]): NonNullable<LiveAnswer['prediction']> {
  return {
    classIds: classRecords.map(({ id }) => id),
    probabilities: classRecords.map(() => 0),
    speaker: { kind: 'instant' },
    elapsedMs: 0,
  };
}

function useCanAnswer(): boolean {
  return useApp(({ instant, project }) => instant.ready || (project?.activeRunId ?? null) !== null);
}

/** Changes whenever another model, or the same with more pictures, would answer. */
function useModelName(): string {
  return useApp(
    ({ instant, project }) =>
      project?.activeRunId ?? `instant ${instant.samples} ${project?.dataset.revision ?? 0}`,
  );
}
