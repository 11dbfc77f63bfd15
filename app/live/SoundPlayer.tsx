import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { DECODED_RATE, drawSpectrogram } from '../../src/index.ts';
import { Waveform } from '../charts/Waveform.tsx';
import { useFormat } from '../copy/format.ts';
import { decodeSound } from '../engine/sound-decoder.ts';
import classes from './SoundPlayer.module.css';

interface SoundPlayerProps {
  readonly sound: Blob;
  readonly name: string;
  /** Plays at once: it was opened to be heard. */
  readonly autoPlay?: boolean;
  /** Drawn over the spectrogram. */
  readonly shade?: ReactNode;
}

/** A sound to be heard and seen: its spectrogram, its waveform, and what plays it. */
export function SoundPlayer({ sound, name, autoPlay = false, shade }: SoundPlayerProps) {
  const { t } = useTranslation('sound');
  const format = useFormat();
  const audio = useRef<HTMLAudioElement>(null);
  const samples = useSamples(sound);
  useEffect(() => {
    const url = URL.createObjectURL(sound);
    audio.current?.setAttribute('src', url);
    return () => URL.revokeObjectURL(url);
  }, [sound]);
  return (
    <div className={classes.player}>
      <div className={classes.shaded}>
        <Spectrum samples={samples} label={t('spectrum')} />
        {shade}
      </div>
      <Waveform samples={samples} label={t('wave', { name })} />
      <div className={classes.controls}>
        {/* eslint-disable-next-line jsx-a11y/media-has-caption -- a sample of the person's own: there are no words for it. */}
        <audio
          ref={audio}
          className={classes.audio}
          controls
          autoPlay={autoPlay}
          aria-label={t('play', { name })}
        />
        <span className={classes.seconds}>
          {samples !== null && t('seconds', { seconds: format.number(samples.length / DECODED_RATE, 1) })}
        </span>
      </div>
    </div>
  );
}

function Spectrum({ samples, label }: { readonly samples: Float32Array | null; readonly label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const target = canvas.current;
    if (target === null || samples === null) return;
    const drawn = drawSpectrogram(samples);
    target.width = drawn.width;
    target.height = drawn.height;
    target.getContext('2d')?.drawImage(drawn, 0, 0);
  }, [samples]);
  return (
    <div role="img" aria-label={label}>
      <canvas ref={canvas} className={classes.spectrum} />
    </div>
  );
}

/** `null` until they are there, and for good where the browser cannot decode them: the engine says why. */
function useSamples(sound: Blob): Float32Array | null {
  const [known, setKnown] = useState<{ readonly of: Blob; readonly samples: Float32Array } | null>(null);
  useEffect(() => {
    let left = false;
    decodeSound(sound)
      .then((samples) => {
        if (!left) setKnown({ of: sound, samples });
      })
      .catch(() => undefined);
    return () => {
      left = true;
    };
  }, [sound]);
  return known?.of === sound ? known.samples : null;
}
