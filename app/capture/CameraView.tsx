import { ActionIcon, Button, Loader, NativeSelect, Tooltip } from '@mantine/core';
import { IconCameraOff, IconCameraRotate } from '@tabler/icons-react';
import { useEffect, useRef, type ReactNode, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './CameraView.module.css';
import type { Camera, CameraState } from './use-camera.ts';

interface CameraViewProps {
  readonly camera: Camera;
  /** Filled with the playing video, for {@link grabFrame}. */
  readonly videoRef: RefObject<HTMLVideoElement | null>;
  /** Drawn over the picture, e.g. a counter. */
  readonly children?: ReactNode;
}

/** The camera's picture, mirrored like a mirror when it looks at the person, with the choice of camera and what is wrong. */
export function CameraView({ camera, videoRef, children }: CameraViewProps) {
  const { t } = useTranslation('capture');
  const { state, devices } = camera;
  useStream(videoRef, state);
  return (
    <div className={styles['frame']}>
      <video
        ref={videoRef}
        className={styles['video']}
        data-mirrored={state.status === 'on' && state.facing === 'user'}
        data-on={state.status === 'on'}
        aria-label={t('picture')}
        autoPlay
        muted
        playsInline
      />
      {state.status === 'starting' && (
        <div className={styles['message']} role="status">
          <Loader size="sm" />
          <span>{t('starting')}</span>
        </div>
      )}
      {state.status === 'off' && (
        <div className={styles['message']}>
          <Button variant="default" onClick={() => camera.start()}>
            {t('start')}
          </Button>
        </div>
      )}
      {state.status === 'problem' && (
        <div className={styles['message']} role="alert">
          <IconCameraOff size={24} stroke={1.5} aria-hidden />
          <span>{t(`problem.${state.problem}`)}</span>
          <Button variant="default" size="xs" onClick={() => camera.start()}>
            {t('again')}
          </Button>
        </div>
      )}
      {state.status === 'on' && devices.length > 1 && (
        <div className={styles['tools']}>
          {devices.length > 2 && (
            <NativeSelect
              size="xs"
              aria-label={t('device')}
              value={state.deviceId}
              data={devices.map(({ deviceId, label }, index) => ({
                value: deviceId,
                label: label === '' ? t('deviceNumber', { number: index + 1 }) : label,
              }))}
              onChange={(event) => camera.start({ deviceId: event.currentTarget.value })}
            />
          )}
          <Tooltip label={t('flip')}>
            <ActionIcon variant="default" size={36} aria-label={t('flip')} onClick={camera.flip}>
              <IconCameraRotate size={20} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </div>
      )}
      {state.status === 'on' && children}
    </div>
  );
}

/** A stream is an object: React cannot give it to the element as an attribute. */
function useStream(videoRef: RefObject<HTMLVideoElement | null>, state: CameraState): void {
  const shown = useRef<MediaStream | null>(null);
  useEffect(() => {
    const stream = state.status === 'on' ? state.stream : null;
    const video = videoRef.current;
    if (video === null || shown.current === stream) return;
    shown.current = stream;
    video.srcObject = stream;
  }, [videoRef, state]);
}
