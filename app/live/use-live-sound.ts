import { useCallback, useEffect, useRef, useState } from 'react';
import { isAbortError, toErrorData, type ErrorData, type Prediction } from '../../src/index.ts';
import { useMicrophone, type Microphone } from '../capture/use-microphone.ts';
import { predictSound } from '../store/evaluate-actions.ts';
import { NOTHING_HEARD, spot, type Spotting, type SpottingOptions } from './spotter.ts';

/** What the networks for sounds take in at once, s. */
const WINDOW_S = 1.5;
/** Between two windows, ms. */
const HOP_MS = 200;
/** How long to wait after an answer that could not be given, ms. */
const PAUSE_AFTER_ERROR_MS = 800;
/** A window that is nowhere louder is not worth asking about; -46 dB below full scale. */
const QUIET = 0.005;

export interface LiveSound {
  readonly microphone: Microphone;
  readonly spotting: Spotting;
  /** The latest answer as it came; `null` while it is too quiet to ask. */
  readonly latest: Prediction | null;
  readonly error: ErrorData | null;
}

/**
 * Answers what the microphone hears, window after window while `running`. Only one is under way at a time, and each is
 * the newest when it is sent. Rests while the page is hidden.
 */
export function useLiveSound(running: boolean, options: SpottingOptions): LiveSound {
  const [spotting, setSpotting] = useState<Spotting>(NOTHING_HEARD);
  const [latest, setLatest] = useState<Prediction | null>(null);
  const [error, setError] = useState<ErrorData | null>(null);
  const ring = useRef<Ring | null>(null);
  const microphone = useMicrophone(
    useCallback((chunk: Float32Array<ArrayBuffer>, rate: number) => {
      if (ring.current?.rate !== rate) ring.current = createRing(rate);
      ring.current.add(chunk);
    }, []),
  );
  const now = useRef(options);
  useEffect(() => {
    now.current = options;
  }, [options]);
  const active = running && microphone.state.status === 'on';

  useEffect(() => {
    if (!active) return;
    ring.current = null;
    const controller = new AbortController();
    const { signal } = controller;
    const tell = (prediction: Prediction | null) => {
      setError(null);
      setLatest(prediction);
      setSpotting((state) => spot(state, prediction, performance.now(), now.current));
    };
    const step = async (): Promise<number> => {
      try {
        const heard = document.hidden ? null : (ring.current?.window() ?? null);
        if (heard === null) return HOP_MS;
        const prediction = heard.peak < QUIET ? null : await predictSound(heard, { signal });
        if (!signal.aborted) tell(prediction);
        return HOP_MS;
      } catch (thrown) {
        if (!signal.aborted && !isAbortError(thrown)) setError(toErrorData(thrown));
        return PAUSE_AFTER_ERROR_MS;
      }
    };
    void (async () => {
      while (!signal.aborted) {
        const startedMs = performance.now();
        const pause = await step();
        const restMs = pause - (performance.now() - startedMs);
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, restMs)));
      }
    })();
    return () => {
      controller.abort();
      setSpotting(NOTHING_HEARD);
      setLatest(null);
      setError(null);
    };
  }, [active]);
  return { microphone, spotting, latest, error };
}

/** The last moment of a stream of chunks. */
interface Ring {
  readonly rate: number;
  add(chunk: Float32Array): void;
  /** `null` until there is a whole one. The caller owns the array. */
  window(): {
    readonly samples: Float32Array<ArrayBuffer>;
    readonly rate: number;
    readonly peak: number;
  } | null;
}

function createRing(rate: number): Ring {
  const length = Math.round(WINDOW_S * rate);
  const kept = new Float32Array(length);
  let at = 0;
  let filled = 0;
  return {
    rate,
    add(chunk) {
      const part = chunk.subarray(Math.max(0, chunk.length - length));
      const first = part.subarray(0, length - at);
      kept.set(first, at);
      kept.set(part.subarray(first.length), 0);
      at = (at + part.length) % length;
      filled = Math.min(length, filled + part.length);
    },
    window() {
      if (filled < length) return null;
      const samples = new Float32Array(length);
      samples.set(kept.subarray(at));
      samples.set(kept.subarray(0, at), length - at);
      return { samples, rate, peak: samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0) };
    },
  };
}
