import { useEffect, useState, type RefObject } from 'react';
import { isAbortError, toErrorData, type ErrorData, type Prediction } from '../../src/index.ts';
import { grabFrame } from '../capture/grab-frame.ts';
import { predictBitmap, predictFile } from '../store/evaluate-actions.ts';

/** Room for everything else on both threads, ms between two frames: at most about 12 answers a second. */
const PAUSE_MS = 80;
/** How long to wait after an answer that could not be given, ms. */
const PAUSE_AFTER_ERROR_MS = 800;

export interface LiveAnswer {
  readonly prediction: Prediction | null;
  readonly error: ErrorData | null;
}

const NOTHING: LiveAnswer = { prediction: null, error: null };

/**
 * Answers what the camera shows, frame after frame while `running`. Only one frame is under way at a time and each is
 * grabbed when the one before is answered, so that the newest always wins. Rests while the page is hidden.
 */
export function useLivePrediction(
  videoRef: RefObject<HTMLVideoElement | null>,
  running: boolean,
): LiveAnswer {
  const [answer, setAnswer] = useState<LiveAnswer>(NOTHING);
  useEffect(() => {
    if (!running) return;
    const controller = new AbortController();
    const { signal } = controller;
    void (async () => {
      while (!signal.aborted) {
        const pause = await answerFrame(videoRef, signal, setAnswer);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    })();
    return () => {
      controller.abort();
      setAnswer(NOTHING);
    };
  }, [videoRef, running]);
  return answer;
}

async function answerFrame(
  videoRef: RefObject<HTMLVideoElement | null>,
  signal: AbortSignal,
  tell: (answer: LiveAnswer) => void,
): Promise<number> {
  try {
    const video = videoRef.current;
    const bitmap = video === null || document.hidden ? null : await grabFrame(video);
    if (bitmap === null) return PAUSE_MS;
    const prediction = await predictBitmap(bitmap, { signal });
    if (!signal.aborted) tell({ prediction, error: null });
    return PAUSE_MS;
  } catch (thrown) {
    if (!signal.aborted && !isAbortError(thrown)) tell({ prediction: null, error: toErrorData(thrown) });
    return PAUSE_AFTER_ERROR_MS;
  }
}

/** Answers one picture file; anew whenever `model` (whatever names the model that answers) changes. */
export function useFilePrediction(file: File | null, model: string): LiveAnswer {
  const [{ of, answer }, setAnswer] = useState<{ of: File | null; answer: LiveAnswer }>({
    of: null,
    answer: NOTHING,
  });
  useEffect(() => {
    if (file === null) return;
    const controller = new AbortController();
    predictFile(file, { signal: controller.signal })
      .then((prediction) => {
        setAnswer({ of: file, answer: { prediction, error: null } });
      })
      .catch((thrown: unknown) => {
        if (!isAbortError(thrown))
          setAnswer({ of: file, answer: { prediction: null, error: toErrorData(thrown) } });
      });
    return () => {
      controller.abort();
    };
  }, [file, model]);
  // The answer to the picture before must not stand under this one.
  return file === null || of !== file ? NOTHING : answer;
}
