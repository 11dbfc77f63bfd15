/** @file What the engine is put together from. A test replaces single parts. */
import type { BackendName, DeviceReport } from '../core/device.ts';
import type { DownloadProgress, ModelCard, ModelInfo } from '../core/model-card.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import type { ProjectSession } from './project-session.ts';

export interface LoadOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/** A trunk with its card and blocks. The caller disposes the trunk. */
export interface LoadedModel {
  readonly info: ModelInfo;
  readonly trunk: TrunkNetwork;
}

export interface ProbeRequest {
  readonly backends: readonly BackendName[];
  readonly onProbing: (backend: BackendName) => void;
  readonly signal: AbortSignal;
  /** Forward pass of the trunk on the active back-end, ms per picture. */
  readonly timeTrunk: () => Promise<number>;
}

export type ProbeOutcome = Pick<
  DeviceReport,
  'backend' | 'chosenBy' | 'probes' | 'threads' | 'simd' | 'forwardMs'
>;

export interface EngineServices {
  readonly thread: 'worker' | 'page';
  readonly openSession: () => Promise<ProjectSession>;
  readonly listModels: () => Promise<readonly ModelCard[]>;
  readonly loadModel: (id: string, options: LoadOptions) => Promise<LoadedModel>;
  readonly probe: (request: ProbeRequest) => Promise<ProbeOutcome>;
  /** Opens a back-end that an earlier probe chose; `null` if it cannot be opened any more. */
  readonly reopen: (
    backend: BackendName,
  ) => Promise<{ readonly threads: number; readonly simd: boolean } | null>;
  /** Ends a back-end whose device is gone. */
  readonly forget: (backend: BackendName) => void;
  readonly onDeviceLost: (listener: (backend: BackendName | null) => void) => () => void;
  readonly timeForward: (trunk: TrunkNetwork) => Promise<number>;
  readonly tensorMemory: () => { readonly tensors: number; readonly tensorBytes: number };
}
