/**
 * @file The engine as an object with methods, for code that is not the page: a notebook, a test, another site. Each
 * method is one or two rows of the call table; whatever is not here is reached through {@link Engine.client}.
 */
import type { DeviceReport } from '../core/device.ts';
import type { BackendName } from '../core/device.ts';
import type { EngineClient } from '../core/engine-api.ts';
import type { EvaluationReport, Prediction } from '../core/evaluation.ts';
import type { ModelCard, ModelInfo } from '../core/model-card.ts';
import type { ImportFile, ImportReport, ProjectSettings } from '../core/project.ts';
import type { RunSummary, TrainEvent } from '../core/run.ts';
import type { SplitRecord, SplitSettings, SplitSide } from '../core/split.ts';
import { DEFAULT_SPLIT } from '../core/split.ts';
import type { TrainSettings, Tuning } from '../core/train-settings.ts';
import { ALL_WEIGHTS, DEFAULT_TRAIN_SETTINGS } from '../core/train-settings.ts';
import type { Endpoint } from '../protocol/endpoint.ts';
import { createWorkerClient } from './client.ts';

export interface CreateEngineOptions {
  /** `auto` measures and takes the fastest correct one. */
  readonly backend?: BackendName | 'auto';
  readonly modelId?: string;
  /**
   * The thread to compute in: `new Worker(new URL('.../src/worker/worker.ts', import.meta.url), { type: 'module' })`,
   * written where the bundler sees it. Absent: this thread, which blocks while the engine computes.
   */
  readonly worker?: Endpoint;
}

/** A run in progress: its events, once, and then its summary. */
export interface TrainingRun extends AsyncIterable<TrainEvent> {
  /** Rejects with an `EngineError` as the call `train.start` does. */
  readonly result: Promise<RunSummary>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Ends the run and keeps the best so far. To discard it, abort the signal. */
  stop(): Promise<void>;
}

type TrainPlan = Partial<Omit<TrainSettings, 'open' | 'tuning'>> & {
  readonly open?: 'head' | 'all' | { readonly lastBlocks: number };
  /** How the open blocks learn. What is not given keeps its default. */
  readonly tuning?: Partial<Tuning>;
};
interface Abortable {
  readonly signal?: AbortSignal;
}

export interface Engine {
  /** What computes, and why. */
  readonly device: DeviceReport;
  readonly model: ModelInfo;
  /** Every row of the call table. */
  readonly client: EngineClient;
  models(): Promise<readonly ModelCard[]>;
  /** Folder names are labels, unless `intoClass` names the class for all. */
  importData(
    files: readonly ImportFile[],
    options?: Abortable & { readonly intoClass?: string },
  ): Promise<ImportReport>;
  /** What is not given keeps its default. */
  split(settings?: Partial<SplitSettings>): Promise<SplitRecord>;
  train(plan?: TrainPlan, options?: Abortable): TrainingRun;
  /** After a few runs the test set is sealed (`test-set-sealed`) and opened only with `confirmed`. */
  evaluate(
    runId: string,
    options?: Abortable & { readonly on?: SplitSide; readonly confirmed?: boolean },
  ): Promise<EvaluationReport>;
  /** A bitmap is transferred and closed. Without a run: the active one, else the instant head. */
  predict(input: ImageBitmap | File, runId?: string): Promise<Prediction>;
  /** Ends the thread. */
  close(): void;
}

/**
 * Starts an engine: opens the kept project, measures the back-ends and loads the model.
 * Owns: the worker, until {@link Engine.close}.
 * @throws {EngineError} `backend-unavailable`, `weights-fetch`, `offline`, `storage-unavailable`.
 */
export async function createEngine(options: CreateEngineOptions = {}): Promise<Engine> {
  const client = options.worker === undefined ? await inThisThread() : createWorkerClient(options.worker);
  try {
    const { settings } = await client.call('project.open', {});
    const { backend = settings.backend, modelId = settings.modelId } = options;
    await client.call('project.configure', {
      settings: { ...settings, backend, modelId } satisfies ProjectSettings,
    });
    const device = await client.call('device.probe', { modelId, backend });
    const model = await client.call('models.load', { modelId });
    return engineOf(client, device, model);
  } catch (thrown) {
    client.close();
    throw thrown;
  }
}

async function inThisThread(): Promise<EngineClient> {
  // Brings tfjs along, so only where it is needed.
  const { createInThreadClient } = await import('../in-thread.ts');
  return createInThreadClient();
}

function engineOf(client: EngineClient, device: DeviceReport, model: ModelInfo): Engine {
  return {
    device,
    model,
    client,
    models: () => client.call('models.list', {}),
    importData: (files, { intoClass, signal } = {}) =>
      client.call(
        'data.import',
        { files, ...(intoClass !== undefined && { intoClass }) },
        { ...(signal && { signal }) },
      ),
    split: (settings = {}) => client.call('data.split', { settings: { ...DEFAULT_SPLIT, ...settings } }),
    train: (plan = {}, { signal } = {}) => startRun(client, settingsOf(plan), signal),
    evaluate: (runId, { on = 'test', confirmed = false, signal } = {}) =>
      client.call('evaluate.run', { runId, side: on, confirmed }, { ...(signal && { signal }) }),
    predict: (input, runId) => {
      const run = runId === undefined ? {} : { runId };
      return input instanceof Blob
        ? client.call('predict.file', { file: input, ...run })
        : client.call('predict.bitmap', { bitmap: input, ...run });
    },
    close: () => client.close(),
  };
}

function settingsOf({ open = 'head', tuning, ...rest }: TrainPlan): TrainSettings {
  const plan = typeof open === 'string' ? { kind: open } : { kind: 'last' as const, blocks: open.lastBlocks };
  return { ...DEFAULT_TRAIN_SETTINGS, ...rest, open: plan, tuning: { ...ALL_WEIGHTS, ...tuning } };
}

function startRun(
  client: EngineClient,
  settings: TrainSettings,
  signal: AbortSignal | undefined,
): TrainingRun {
  const waiting: TrainEvent[] = [];
  let ended = false;
  let wake: () => void = () => undefined;
  const result = client
    .call(
      'train.start',
      { settings },
      {
        ...(signal && { signal }),
        onEvent(event) {
          waiting.push(event);
          wake();
        },
      },
    )
    .finally(() => {
      ended = true;
      wake();
    });
  // Whoever only reads the events still hears of a failure: the loop below throws it.
  result.catch(() => undefined);
  const isOver = (): boolean => ended;
  return {
    result,
    pause: () => client.call('train.pause', {}),
    resume: () => client.call('train.resume', {}),
    stop: () => client.call('train.stop', {}),
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else if (isOver()) break;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
      await result;
    },
  };
}
