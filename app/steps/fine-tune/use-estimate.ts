import { useEffect, useState } from 'react';
import type { TrainEstimate, TrainSettings } from '../../../src/index.ts';
import { useApp } from '../../store/store.ts';
import { estimateTraining } from '../../store/train-actions.ts';

/** A pause in the changes before the engine is asked, ms. */
const DEBOUNCE_MS = 150;

/** What a plan would cost, asked anew when the plan, the data or the model change. Keeps the last answer meanwhile. */
export function useEstimate(settings: TrainSettings): TrainEstimate | null {
  const [estimate, setEstimate] = useState<TrainEstimate | null>(null);
  const splitHash = useApp(({ project }) => project?.split?.hash);
  const modelId = useApp(({ model }) => model?.card.id);
  const device = useApp((state) => state.device);
  useEffect(() => {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      estimateTraining(settings, controller.signal)
        .then((value) => {
          if (!controller.signal.aborted) setEstimate(value);
        })
        .catch(() => {
          // Not ready or cancelled: the sentence keeps what it said.
        });
    }, DEBOUNCE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [settings, splitHash, modelId, device]);
  return estimate;
}
