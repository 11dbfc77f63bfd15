/**
 * @file Where computing happens: the chosen back-end, the loaded trunks, and the one way to use them. A call that
 * computes goes through {@link ModelRoom.use}, which sees to it that a back-end is open and the trunk is there, and
 * which turns the loss of the device into an error after which the next call starts afresh without that back-end.
 */
import { BACKENDS } from '../core/device.ts';
import type { BackendName, DeviceReport } from '../core/device.ts';
import { EngineError } from '../core/errors.ts';
import type { DownloadProgress, ModelInfo } from '../core/model-card.ts';
import type { InputSource } from '../core/pixel-source.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import type { FeatureCache } from '../train/feature-cache.ts';
import type { FeatureExtractor } from '../train/features.ts';
import { createFeatureExtractor } from '../train/features.ts';
import type { DeviceRecords } from './device-records.ts';
import type { EngineServices } from './services.ts';
import { createSharedLock } from './shared-lock.ts';

/** A trunk ready for use. */
export interface ReadyModel {
  readonly modelId: string;
  readonly info: ModelInfo;
  readonly trunk: TrunkNetwork;
  readonly extractor: FeatureExtractor;
}

/** The open back-end. `signal` aborts when the caller cancels and when the device is lost. */
export interface DeviceContext {
  readonly device: DeviceReport;
  readonly signal: AbortSignal;
}

/** What a computing call gets. */
export type ComputeContext = ReadyModel & DeviceContext;

export interface UseOptions {
  readonly modelId: string;
  readonly backend: BackendName | 'auto';
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

export interface ProbeOptions extends UseOptions {
  readonly refresh: boolean;
  readonly onProbing: (backend: BackendName) => void;
}

export interface ModelRoomOptions {
  readonly services: EngineServices;
  readonly cache: FeatureCache;
  readonly pixels: InputSource;
  readonly records: DeviceRecords;
}

/** Trunks kept loaded: the project's, and one more for an older run on another model. */
const TRUNKS_KEPT = 2;

export class ModelRoom {
  readonly #options: ModelRoomOptions;
  readonly #lock = createSharedLock();
  readonly #models = new Map<string, Promise<ReadyModel>>();
  readonly #lost = new Set<BackendName>();
  #device: DeviceReport | null = null;
  #deviceLife = new AbortController();
  /** Called when trunks have gone away, so that what was built on them goes too. */
  onReset: () => void = () => undefined;

  constructor(options: ModelRoomOptions) {
    this.#options = options;
    options.services.onDeviceLost((backend) => this.#onLost(backend));
  }

  /** The report of the open back-end, if there is one. */
  get device(): DeviceReport | null {
    return this.#device;
  }

  /** Computes with a model on the chosen back-end, which is probed first if nothing is open yet. */
  async use<T>(options: UseOptions, work: (context: ComputeContext) => Promise<T>): Promise<T> {
    return this.compute({ ...options, modelIds: [options.modelId] }, async (device) =>
      work({ ...(await this.#model(options)), ...device }),
    );
  }

  /** Computes without a model of the room. A back-end that is not open yet is probed with the first model that loads. */
  async compute<T>(
    options: Omit<UseOptions, 'modelId'> & { readonly modelIds: readonly string[] },
    work: (context: DeviceContext) => Promise<T>,
  ): Promise<T> {
    await this.#ensureDevice(options);
    return this.#lock.shared(async () => {
      const device = this.#device;
      if (device === null) throw deviceLost(null);
      const life = this.#deviceLife.signal;
      try {
        return await work({ device, signal: AbortSignal.any([options.signal, life]) });
      } catch (thrown) {
        if (life.aborted) throw deviceLost(device.backend, thrown);
        throw thrown;
      }
    });
  }

  /** Chooses a back-end by measuring, or takes what an earlier visit measured on this device. */
  async probe(options: ProbeOptions): Promise<DeviceReport> {
    return (
      this.#stillGood(options) ??
      this.#lock.exclusive(async () => {
        // Another call may have measured while this one waited.
        const known = this.#stillGood(options);
        if (known !== null) return known;
        const report =
          (options.refresh ? null : await this.#reopened(options)) ?? (await this.#measured(options));
        this.#device = report;
        if (this.#deviceLife.signal.aborted) this.#deviceLife = new AbortController();
        await this.#options.records.write(report);
        return report;
      })
    );
  }

  #stillGood({ backend, refresh, modelId }: ProbeOptions): DeviceReport | null {
    const current = this.#device;
    if (current === null || refresh || current.modelId !== modelId) return null;
    return (current.chosenBy === 'person' ? current.backend : 'auto') === backend ? current : null;
  }

  async #ensureDevice({
    modelIds,
    ...options
  }: Omit<UseOptions, 'modelId'> & { readonly modelIds: readonly string[] }): Promise<void> {
    const [modelId, ...others] = modelIds;
    if (this.#device !== null || modelId === undefined) return;
    try {
      await this.probe({ ...options, modelId, refresh: false, onProbing: () => undefined });
    } catch (thrown) {
      if (others.length === 0 || options.signal.aborted) throw thrown;
      await this.#ensureDevice({ ...options, modelIds: others });
    }
  }

  async #reopened({ backend, modelId }: ProbeOptions): Promise<DeviceReport | null> {
    const kept = await this.#options.records.read(modelId);
    if (kept === null || this.#lost.has(kept.backend)) return null;
    if (backend === 'auto' ? kept.chosenBy === 'person' : kept.backend !== backend) return null;
    const opened = await this.#options.services.reopen(kept.backend);
    return opened === null ? null : { ...kept, ...opened, ...this.#surroundings() };
  }

  async #measured(options: ProbeOptions): Promise<DeviceReport> {
    const { services } = this.#options;
    const { backend, modelId, onProbing, signal } = options;
    const backends = backend === 'auto' ? BACKENDS.filter((one) => !this.#lost.has(one)) : [backend];
    // Trunks on a back-end that is going to be closed are of no use; weights are read from the cache again.
    await this.#dropModels();
    // If this ends in an error no back-end is open: the next call measures again.
    this.#device = null;
    let loadError: unknown = null;
    const load = async () => {
      try {
        return await services.loadModel(modelId, { signal });
      } catch (thrown) {
        loadError = thrown;
        throw thrown;
      }
    };
    const timeTrunk = async (): Promise<number> => {
      const { trunk } = await load();
      try {
        return await services.timeForward(trunk);
      } finally {
        trunk.dispose();
      }
    };
    const outcome = await services
      .probe({ backends, onProbing, signal, timeTrunk })
      .catch((thrown: unknown) => {
        // No back-end worked because the model could not be loaded: that is what the person must hear.
        throw loadError ?? thrown;
      });
    return {
      ...outcome,
      chosenBy: backend === 'auto' ? outcome.chosenBy : 'person',
      ...this.#surroundings(),
      probedAtMs: Date.now(),
      modelId,
    };
  }

  #surroundings(): Pick<DeviceReport, 'thread' | 'crossOriginIsolated'> {
    return { thread: this.#options.services.thread, crossOriginIsolated: globalThis.crossOriginIsolated };
  }

  #model({ modelId, signal, onProgress }: UseOptions): Promise<ReadyModel> {
    const known = this.#models.get(modelId);
    if (known !== undefined) return known;
    const { services, cache, pixels } = this.#options;
    const loading = services.loadModel(modelId, { signal, ...(onProgress && { onProgress }) }).then(
      ({ info, trunk }) => ({
        modelId,
        info,
        trunk,
        extractor: createFeatureExtractor({ modelId, network: trunk, pixels, cache }),
      }),
      (thrown: unknown) => {
        this.#models.delete(modelId);
        throw thrown;
      },
    );
    this.#models.set(modelId, loading);
    const [oldest] = this.#models.keys();
    if (this.#models.size > TRUNKS_KEPT && oldest !== undefined) void this.#dropModel(oldest);
    return loading;
  }

  /** Leaves a back-end that does not serve: the next call opens another one. */
  giveUp(backend: BackendName): void {
    this.#onLost(backend);
  }

  /** Lets go of a model that has been erased. */
  async forget(modelId: string): Promise<void> {
    if (this.#models.has(modelId)) await this.#dropModel(modelId);
  }

  async #dropModel(modelId: string): Promise<void> {
    const model = this.#models.get(modelId);
    this.#models.delete(modelId);
    this.onReset();
    // A trunk that failed to load has nothing to dispose.
    await model?.then(({ trunk }) => trunk.dispose()).catch(() => undefined);
  }

  async #dropModels(): Promise<void> {
    await Promise.all([...this.#models.keys()].map((id) => this.#dropModel(id)));
  }

  #onLost(backend: BackendName | null): void {
    const gone = backend ?? this.#device?.backend;
    if (gone === undefined) return;
    this.#lost.add(gone);
    if (this.#device?.backend !== gone) return;
    this.#device = null;
    this.#deviceLife.abort(deviceLost(gone));
    this.#models.clear();
    this.onReset();
    this.#options.services.forget(gone);
  }
}

function deviceLost(backend: BackendName | null, cause?: unknown): EngineError {
  const name = backend ?? 'graphics';
  const message = `The ${name} device went away. The project is safe; try again, and another back-end is used.`;
  return new EngineError('device-lost', message, { backend: name }, { cause });
}
