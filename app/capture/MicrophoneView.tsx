import { Button, Loader } from '@mantine/core';
import { IconMicrophone, IconMicrophoneOff } from '@tabler/icons-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './MicrophoneView.module.css';
import type { Microphone } from './use-microphone.ts';

interface MicrophoneViewProps {
  readonly microphone: Microphone;
  /** Below the level, while it is on. */
  readonly children?: ReactNode;
}

/** How loud it is at the microphone, and what is wrong with it. */
export function MicrophoneView({ microphone, children }: MicrophoneViewProps) {
  const { t } = useTranslation('sound');
  const { state, doubt, level, start } = microphone;
  return (
    <div className={styles.frame}>
      {state.status === 'starting' && (
        <div className={styles.message} role="status">
          <Loader size="sm" />
          <span>{t('microphone.starting')}</span>
        </div>
      )}
      {state.status === 'off' && (
        <div className={styles.message}>
          <IconMicrophone size={28} stroke={1.4} aria-hidden />
          <Button variant="default" onClick={start}>
            {t('microphone.start')}
          </Button>
        </div>
      )}
      {state.status === 'problem' && (
        <div className={styles.message} role="alert">
          <IconMicrophoneOff size={24} stroke={1.5} aria-hidden />
          <span>{t(`microphone.problem.${state.problem}`)}</span>
          <Button variant="default" size="xs" onClick={start}>
            {t('microphone.again')}
          </Button>
        </div>
      )}
      {state.status === 'on' && (
        <>
          <Level level={level} />
          <p className={styles.doubt} data-doubt={doubt} role="status">
            {doubt !== null && t(`microphone.doubt.${doubt}`)}
          </p>
          {children}
        </>
      )}
    </div>
  );
}

/** Quieter than this the bar is empty, dB below full scale. */
const QUIETEST_DB = 60;
/** From here on the loudest parts are cut off. */
const CLIPPED = 0.98;

/** Drawn from frame to frame, past React. */
function Level({ level }: Pick<Microphone, 'level'>) {
  const { t } = useTranslation('sound');
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let frame = 0;
    const draw = () => {
      const db = 20 * Math.log10(Math.max(1e-6, level.current));
      const share = Math.max(0, Math.min(1, 1 + db / QUIETEST_DB));
      if (bar.current !== null) {
        bar.current.style.transform = `scaleX(${share.toFixed(3)})`;
        bar.current.toggleAttribute('data-clipped', level.current > CLIPPED);
      }
      frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, [level]);
  return (
    <div className={styles.meter} role="img" aria-label={t('microphone.level')}>
      <div ref={bar} className={styles.level} />
    </div>
  );
}
