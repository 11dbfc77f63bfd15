import { useCallback, useEffect, useRef, useState } from 'react';
import { openMicrophone, type OpenMicrophone, type MicrophoneProblem } from './microphone.ts';

export type MicrophoneState =
  | { readonly status: 'off' }
  | { readonly status: 'starting' }
  | { readonly status: 'on'; readonly microphone: OpenMicrophone }
  | { readonly status: 'problem'; readonly problem: MicrophoneProblem };

/** What is wrong with the sound that arrives, though it arrives. */
export type MicrophoneDoubt = 'muted' | 'telephone' | 'stereo';

export interface Microphone {
  readonly state: MicrophoneState;
  readonly doubt: MicrophoneDoubt | null;
  /** The loudest sample of the last moment, 0..1. Read it when drawing: it changes forty times a second. */
  readonly level: { readonly current: number };
  readonly start: () => void;
  readonly stop: () => void;
}

/** Less than this is what telephones and some headsets give, samples a second. */
const TELEPHONE_RATE = 12_000;
/** A device that gives nothing at all for so long is switched off somewhere, ms; a quiet room is never that quiet. */
const SILENT_MS = 1_500;
/** The level falls by this factor from chunk to chunk, so that the eye can follow. */
const FALL = 0.85;

/**
 * A microphone for one component, closed when the component goes.
 * @param onChunk Hears each chunk; may change from one drawing to the next.
 */
export function useMicrophone(onChunk: (chunk: Float32Array<ArrayBuffer>, rate: number) => void): Microphone {
  const [state, setState] = useState<MicrophoneState>({ status: 'off' });
  const [silent, setSilent] = useState(false);
  const current = useRef<OpenMicrophone | null>(null);
  const level = useRef(0);
  const listener = useRef(onChunk);
  useEffect(() => {
    listener.current = onChunk;
  }, [onChunk]);
  // Grows with each start and stop, so that a slow permission dialog cannot revive a microphone that was given up.
  const attempt = useRef(0);

  const release = useCallback(() => {
    attempt.current += 1;
    current.current?.close();
    current.current = null;
    level.current = 0;
  }, []);
  const stop = useCallback(() => {
    release();
    setState({ status: 'off' });
  }, [release]);

  const start = useCallback(() => {
    release();
    const mine = attempt.current;
    setState({ status: 'starting' });
    setSilent(false);
    void openMicrophone().then((opened) => {
      if (mine !== attempt.current) {
        if (opened.ok) opened.microphone.close();
        return;
      }
      if (!opened.ok) {
        setState({ status: 'problem', problem: opened.problem });
        return;
      }
      const { microphone } = opened;
      current.current = microphone;
      let soundedMs = performance.now();
      microphone.listen((chunk) => {
        const peak = chunk.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        level.current = Math.max(peak, level.current * FALL);
        if (peak > 0) soundedMs = performance.now();
        setSilent(performance.now() - soundedMs > SILENT_MS);
        listener.current(chunk, microphone.rate);
      });
      microphone.track.addEventListener('ended', () => {
        if (current.current !== microphone) return;
        release();
        setState({ status: 'problem', problem: 'unplugged' });
      });
      setState({ status: 'on', microphone });
    });
  }, [release]);

  useEffect(() => release, [release]);
  return { state, doubt: doubtOf(state, silent), level, start, stop };
}

function doubtOf(state: MicrophoneState, silent: boolean): MicrophoneDoubt | null {
  if (state.status !== 'on') return null;
  const { track, deviceRate, channels } = state.microphone;
  if (silent || track.muted) return 'muted';
  if (deviceRate < TELEPHONE_RATE) return 'telephone';
  return channels > 1 ? 'stereo' : null;
}
