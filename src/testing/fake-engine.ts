/**
 * @file An engine without pixels, tensors or storage, for tests and drafts of the page. Every row of the call table
 * answers within `stepMs` with values of the right shape; the data set, its patches and undo are real.
 */
import { createWorkerClient } from '../client/client.ts';
import type { DeviceReport } from '../core/device.ts';
import type { EngineClient, EngineHandlers } from '../core/engine-api.ts';
import { assertNotAborted, EngineError } from '../core/errors.ts';
import type { ProjectSettings, ProjectSnapshot } from '../core/project.ts';
import { DEFAULT_SPLIT } from '../core/split.ts';
import { DEFAULT_TRAIN_SETTINGS } from '../core/train-settings.ts';
import { serveEngine } from '../protocol/host.ts';
import { createFakeData } from './fake-data.ts';
import { createFakeExplain } from './fake-explain.ts';
import { FAKE_BLOCKS, FAKE_CARDS } from './fake-models.ts';
import { createFakeOwnModels, FAKE_OWN_BLOCKS } from './fake-own-models.ts';
import { createFakeTraining } from './fake-training.ts';

export interface FakeEngineOptions {
  /** How long each step of a long call takes, ms. Default 1. */
  readonly stepMs?: number;
  /** Replaces single calls, e.g. to make one fail. */
  readonly override?: Partial<EngineHandlers>;
}

/** Handlers of a fake engine with an empty project. */
export function createFakeEngine({ stepMs = 1, override = {} }: FakeEngineOptions = {}): EngineHandlers {
  const wait = async (signal: AbortSignal): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, stepMs));
    assertNotAborted(signal);
  };
  const data = createFakeData(wait);
  const training = createFakeTraining(data, wait);
  const own = createFakeOwnModels(wait);
  let settings = FAKE_SETTINGS;
  let savedAtMs: number | null = null;

  const snapshot = (): ProjectSnapshot => ({
    projectId: 'fake',
    settings,
    dataset: data.state(),
    split: data.split(),
    runs: training.runs(),
    reports: training.reports(),
    openings: training.openings(),
    activeRunId: training.activeRunId(),
    savedAtMs,
    storage: 'memory',
    damaged: [],
    undo: data.undo(),
  });
  const reset = (): ProjectSnapshot => {
    data.reset();
    training.reset();
    settings = FAKE_SETTINGS;
    return snapshot();
  };

  return {
    ...data.handlers,
    ...training.handlers,
    ...own.handlers,
    ...createFakeExplain({ dataset: () => data.state(), runs: () => training.runs() }, wait),
    async 'device.probe'({ backend }, { emit, signal }) {
      emit({ kind: 'probing', backend: 'wasm' });
      await wait(signal);
      return { ...FAKE_DEVICE, ...(backend !== 'auto' && { backend, chosenBy: 'person' as const }) };
    },
    'device.requests': () => Promise.resolve([]),
    'device.memory': () => Promise.resolve({ tensors: 0, tensorBytes: 0, cacheBytes: 0 }),
    'models.list': () => Promise.resolve([...FAKE_CARDS, ...own.cards()]),
    async 'models.load'({ modelId }, { emit, signal }) {
      const card = [...FAKE_CARDS, ...own.cards()].find(({ id }) => id === modelId);
      if (card === undefined) throw new EngineError('not-found', `No model is called "${modelId}".`);
      emit({ loadedBytes: card.sizeBytes, totalBytes: card.sizeBytes });
      await wait(signal);
      return { card, blocks: card.availability === 'own' ? FAKE_OWN_BLOCKS : FAKE_BLOCKS };
    },
    'project.open': () => Promise.resolve(snapshot()),
    'project.new': () => Promise.resolve(reset()),
    async 'project.configure'(params) {
      settings = params.settings;
      savedAtMs = 0;
      return Promise.resolve({ savedAtMs });
    },
    'project.save': () => Promise.resolve(new Blob(['fake project'])),
    'project.load': () => Promise.resolve(reset()),
    'export.model': () =>
      Promise.resolve({
        file: new Blob(['fake model']),
        ending: '.onnx',
        check: { checked: 16, agreeing: 16, largestDifference: 2e-6 },
      }),
    ...override,
  };
}

/** A client of a fake engine, through the whole protocol. */
export function createFakeClient(options: FakeEngineOptions = {}): EngineClient {
  const { port1, port2 } = new MessageChannel();
  serveEngine(port1, createFakeEngine(options));
  return createWorkerClient(port2);
}

const FAKE_SETTINGS: ProjectSettings = {
  name: 'Untitled',
  task: 'image-classification',
  modelId: 'mobilenet-v3-small',
  backend: 'auto',
  train: DEFAULT_TRAIN_SETTINGS,
  split: DEFAULT_SPLIT,
};

const FAKE_DEVICE: DeviceReport = {
  backend: 'wasm',
  chosenBy: 'measured',
  probes: [
    { backend: 'webgpu', status: 'unavailable', reason: { code: 'no-adapter' } },
    { backend: 'webgl', status: 'incorrect', worstError: 0.2 },
    { backend: 'wasm', status: 'ok', worstError: 1e-6, forwardMs: 8 },
  ],
  threads: 2,
  simd: true,
  crossOriginIsolated: true,
  thread: 'worker',
  forwardMs: 8,
  probedAtMs: 0,
  modelId: 'mobilenet-v3-small',
};
