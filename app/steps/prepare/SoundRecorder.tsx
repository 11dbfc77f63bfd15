import { SegmentedControl } from '@mantine/core';
import { IconPlayerRecordFilled, IconPlayerStopFilled } from '@tabler/icons-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MAX_SOUND_SECONDS, type ClassRecord } from '../../../src/index.ts';
import { MicrophoneView } from '../../capture/MicrophoneView.tsx';
import { useMicrophone } from '../../capture/use-microphone.ts';
import { useBackgroundClasses } from '../../store/background-class.ts';
import { recordSounds } from '../../store/data-actions.ts';
import styles from './CameraRecorder.module.css';

type Cut = 'sounds' | 'evenly';

/** The microphone of one class: what is recorded is cut into samples, which go into the class. */
export function SoundRecorder({ record }: { readonly record: ClassRecord }) {
  const { t } = useTranslation('sound');
  const isBackground = useBackgroundClasses().has(record.id);
  const [cut, setCut] = useState<Cut>(isBackground ? 'evenly' : 'sounds');
  const [taken, setTaken] = useState<number | null>(null);
  const recording = useRecording(record, cut, setTaken);
  const { microphone, seconds, isRecording, isKeeping, toggle } = recording;
  const { start } = microphone;
  useEffect(() => {
    start();
  }, [start]);
  const on = microphone.state.status === 'on';
  return (
    <div className={styles.recorder}>
      <MicrophoneView microphone={microphone} />
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={t('record.cut')}
        value={cut}
        disabled={isRecording}
        data={[
          { value: 'sounds', label: t('record.cutSounds') },
          { value: 'evenly', label: t('record.cutEvenly') },
        ]}
        onChange={(value) => setCut(value === 'evenly' ? 'evenly' : 'sounds')}
      />
      <button
        type="button"
        className={styles.hold}
        data-held={isRecording || undefined}
        disabled={!on || isKeeping}
        onClick={toggle}
      >
        {isRecording ? (
          <IconPlayerStopFilled size={18} aria-hidden />
        ) : (
          <IconPlayerRecordFilled size={18} aria-hidden />
        )}
        {isRecording ? t('record.stop', { seconds }) : t('record.start')}
      </button>
      <p className={styles.hint} role="status">
        {isKeeping && t('record.keeping')}
        {!isKeeping &&
          !isRecording &&
          taken !== null &&
          t('record.taken', { count: taken, name: record.name })}
        {!isKeeping && (isRecording || taken === null) && t(`record.hint.${cut}`)}
      </p>
    </div>
  );
}

/** Collects what the microphone gives between two presses, and hands it over to be cut. */
function useRecording({ id }: ClassRecord, cut: Cut, onTaken: (count: number | null) => void) {
  const [seconds, setSeconds] = useState(0);
  const [isRecording, setRecording] = useState(false);
  const [isKeeping, setKeeping] = useState(false);
  const collected = useRef<{ chunks: Float32Array<ArrayBuffer>[]; length: number; rate: number } | null>(
    null,
  );

  const finish = useCallback(async () => {
    const done = collected.current;
    collected.current = null;
    setRecording(false);
    if (done === null || done.length === 0) return;
    setKeeping(true);
    onTaken(await recordSounds(id, joined(done.chunks, done.length), done.rate, cut));
    setKeeping(false);
  }, [id, cut, onTaken]);

  const microphone = useMicrophone((chunk, rate) => {
    const now = collected.current;
    if (now === null) return;
    now.chunks.push(chunk);
    now.length += chunk.length;
    now.rate = rate;
    setSeconds(Math.floor(now.length / rate));
    if (now.length >= MAX_SOUND_SECONDS * rate - chunk.length) void finish();
  });
  const { status } = microphone.state;
  // What was said before it went away is kept.
  useEffect(() => {
    if (status !== 'on' && collected.current !== null) void finish();
  }, [status, finish]);

  const toggle = () => {
    if (isRecording) {
      void finish();
      return;
    }
    collected.current = { chunks: [], length: 0, rate: 0 };
    setSeconds(0);
    setRecording(true);
    onTaken(null);
  };
  return { microphone, seconds, isRecording, isKeeping, toggle };
}

function joined(chunks: readonly Float32Array[], length: number): Float32Array<ArrayBuffer> {
  const all = new Float32Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
