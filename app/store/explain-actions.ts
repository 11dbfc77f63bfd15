import type { CallParams, HeatMap, MapMethod, Neighbour, Progress, WordHeat } from '../../src/index.ts';
import { engine } from '../engine/engine-host.ts';
import { setState } from './store.ts';
import { runTask } from './tasks.ts';

interface AskOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** What in a sample or a file spoke for a class. Throws an `EngineError`. */
export function fetchHeat(
  params: CallParams<'explain.heat'>,
  { signal, onProgress }: AskOptions,
): Promise<HeatMap | WordHeat> {
  return engine().call('explain.heat', params, { signal, ...(onProgress && { onEvent: onProgress }) });
}

/** The pictures that a run learned from and that are most like another one. Throws an `EngineError`. */
export function fetchNeighbours(
  params: CallParams<'explain.neighbours'>,
  { signal, onProgress }: AskOptions,
): Promise<readonly Neighbour[]> {
  return engine().call('explain.neighbours', params, { signal, ...(onProgress && { onEvent: onProgress }) });
}

/** Makes the pictures of the exam worse in many ways and keeps what a run says then, until the page is closed. */
export async function stressRun(runId: string): Promise<void> {
  const outcome = await runTask('stress', 'pictures', ({ signal, report }) =>
    engine().call('evaluate.stress', { runId, side: 'test' }, { signal, onEvent: report }),
  );
  if (outcome.ok) setState(({ stress }) => ({ stress: { ...stress, [runId]: outcome.value } }));
}

/** Places all samples by their features, and keeps the map until the page is closed. */
export async function drawFeatureMap(runId: string, method: MapMethod): Promise<void> {
  const outcome = await runTask('feature-map', 'steps', ({ signal, report }) =>
    engine().call('explain.featureMap', { runId, method }, { signal, onEvent: report }),
  );
  if (!outcome.ok) return;
  setState(({ featureMaps }) => ({ featureMaps: { ...featureMaps, [`${runId}/${method}`]: outcome.value } }));
}
