import { IconPlayerRecordFilled } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ClassRecord } from '../../../src/index.ts';
import { CameraView } from '../../capture/CameraView.tsx';
import { grabFrame } from '../../capture/grab-frame.ts';
import { useCamera } from '../../capture/use-camera.ts';
import { useHold, useRepeated } from '../../capture/use-hold.ts';
import { captureFrame } from '../../store/data-actions.ts';
import styles from './CameraRecorder.module.css';

/** About nine pictures a second: enough of them, and not all the same. */
const PERIOD_MS = 110;
const UNANSWERED = 2;

/** The camera of one class: while the button is held, pictures go into the class. */
export function CameraRecorder({ record }: { readonly record: ClassRecord }) {
  const { t } = useTranslation('prepare');
  const camera = useCamera();
  const video = useRef<HTMLVideoElement>(null);
  const hold = useHold();
  const { start } = camera;
  useEffect(() => {
    start();
  }, [start]);
  const on = camera.state.status === 'on';
  const { taken, halted } = useRecording(record, video, hold.held && on);
  const recording = hold.held && on && !halted;
  return (
    <div className={styles.recorder}>
      <CameraView camera={camera} videoRef={video}>
        {taken > 0 && (
          <span className={styles.counter} data-recording={recording || undefined} aria-hidden>
            +{taken}
          </span>
        )}
      </CameraView>
      <button
        type="button"
        className={styles.hold}
        data-held={recording || undefined}
        disabled={!on}
        {...hold.handlers}
      >
        <IconPlayerRecordFilled size={18} aria-hidden />
        {t(recording ? 'record.holding' : 'record.hold')}
      </button>
      <p className={styles.hint}>{t('record.hint')}</p>
      <p className="visually-hidden" role="status">
        {!recording && taken > 0 && t('record.taken', { count: taken, name: record.name })}
      </p>
    </div>
  );
}

interface Recording {
  /** Pictures of this hold, or of the last one. */
  readonly taken: number;
  /** The last picture could not be kept (a notice says why): this hold takes no more. */
  readonly halted: boolean;
}

function useRecording(
  { id }: ClassRecord,
  video: { readonly current: HTMLVideoElement | null },
  active: boolean,
): Recording {
  const [recording, setRecording] = useState<Recording>({ taken: 0, halted: false });
  const burst = useRef('');
  const [wasActive, setWasActive] = useState(false);
  if (active !== wasActive) {
    setWasActive(active);
    if (active) setRecording({ taken: 0, halted: false });
  }
  useEffect(() => {
    if (active) burst.current = crypto.randomUUID();
  }, [active]);
  useRepeated(active && !recording.halted, PERIOD_MS, UNANSWERED, async () => {
    const name = burst.current;
    const frame = video.current === null ? null : await grabFrame(video.current);
    if (frame === null) return;
    const kept = await captureFrame(id, frame, name);
    if (burst.current !== name) return;
    setRecording(({ taken, halted }) => ({ taken: kept ? taken + 1 : taken, halted: halted || !kept }));
  });
  return recording;
}
