/** @file What lives as long as the engine: the open project, the model room, the run in progress. */
import type { BackendName } from '../core/device.ts';
import { EngineError } from '../core/errors.ts';
import { isOwnModel } from '../core/own-model.ts';
import type { ProjectSettings } from '../core/project.ts';
import type { FeatureCache } from '../train/feature-cache.ts';
import { createFeatureCache } from '../train/feature-cache.ts';
import type { TrainControl } from '../train/train-control.ts';
import { createDeviceRecords } from './device-records.ts';
import type { InstantModel } from './instant-head.ts';
import { ModelRoom } from './model-room.ts';
import type { ComputeContext } from './model-room.ts';
import { OwnModels } from './own-models.ts';
import type { ProjectSession } from './project-session.ts';
import { RunModels } from './run-models.ts';
import type { EngineServices } from './services.ts';

/** Features beyond this many bytes live in the store. */
const CACHE_BYTES = 128 * 2 ** 20;

/** The run in progress. */
export interface CurrentRun {
  readonly control: TrainControl;
  /** Resolves when the run has ended, however it ended. */
  readonly ended: Promise<void>;
  /** Aborted when the run was cancelled; it ends at its next step. */
  readonly signal: AbortSignal;
  readonly abort: () => void;
}

export class EngineState {
  readonly services: EngineServices;
  readonly cache: FeatureCache;
  readonly room: ModelRoom;
  readonly own: OwnModels;
  readonly runModels = new RunModels();
  instant: InstantModel | null = null;
  currentRun: CurrentRun | null = null;
  #session: Promise<ProjectSession> | null = null;

  constructor(given: EngineServices) {
    const store = async () => (await this.session()).store;
    this.own = new OwnModels(store);
    const services = withOwnModels(given, this.own);
    this.services = services;
    this.cache = createFeatureCache({
      budgetBytes: CACHE_BYTES,
      store: {
        read: async (path) => (await store()).read(path),
        write: async (path, bytes) => (await store()).write(path, bytes, { flush: false }),
        deleteAll: async (folder) => (await store()).deleteAll(folder),
      },
    });
    this.room = new ModelRoom({
      services,
      cache: this.cache,
      records: createDeviceRecords(store),
      pixels: {
        concurrency: Math.max(2, navigator.hardwareConcurrency),
        input: async (...request) => (await this.session()).data.pixels.input(...request),
      },
    });
    this.room.onReset = () => this.runModels.clear();
  }

  /** The session with its project open. A failed start is tried again by the next call. */
  session(): Promise<ProjectSession> {
    this.#session ??= this.services.openSession().catch((thrown: unknown) => {
      this.#session = null;
      throw thrown;
    });
    return this.#session;
  }

  /** Computes with a model (the project's if none is named) on the project's back-end. */
  async use<T>(
    options: {
      readonly signal: AbortSignal;
      readonly modelId?: string;
      /** Instead of the project's. */
      readonly backend?: BackendName | 'auto';
    },
    work: (context: ComputeContext, session: ProjectSession) => Promise<T>,
  ): Promise<T> {
    const session = await this.session();
    const { settings } = session.snapshot();
    const { modelId = settings.modelId, backend = settings.backend, signal } = options;
    return this.room.use({ modelId, backend, signal }, (context) => work(context, session));
  }

  /** Another project takes the place of this one: what was learned from it goes, after the run in progress. */
  async leaveProject(): Promise<void> {
    this.currentRun?.abort();
    await this.currentRun?.ended;
    this.instant = null;
    this.runModels.clear();
  }

  /** @throws {EngineError} `not-ready` if no run is in progress. */
  control(): TrainControl {
    if (this.currentRun === null) throw new EngineError('not-ready', 'Nothing is being trained.');
    return this.currentRun.control;
  }

  /** Changes some settings of the project. */
  async configure(change: Partial<ProjectSettings>): Promise<void> {
    const session = await this.session();
    await session.configure({ ...session.snapshot().settings, ...change });
  }
}

/** The services with a person's own models beside those of the catalogue. */
function withOwnModels(services: EngineServices, own: OwnModels): EngineServices {
  return {
    ...services,
    listModels: async () => [...(await services.listModels()), ...(await own.list())],
    loadModel: (id, options) => (isOwnModel(id) ? own.load(id) : services.loadModel(id, options)),
  };
}
