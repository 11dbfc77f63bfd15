export const BACKENDS = ['webgpu', 'webgl', 'wasm', 'cpu'] as const;
export type BackendName = (typeof BACKENDS)[number];

/** What the probe found out about one back-end. */
export type BackendProbe =
  | { readonly backend: BackendName; readonly status: 'unavailable'; readonly reason: string }
  /** Available, but its numbers are wrong: never used. */
  | {
      readonly backend: BackendName;
      readonly status: 'incorrect';
      readonly reason: string;
      readonly worstError: number;
    }
  /** Not timed to the end: a first short timing was far behind the best so far, or it is only a last resort. */
  | {
      readonly backend: BackendName;
      readonly status: 'skipped';
      readonly reason: string;
    }
  | {
      readonly backend: BackendName;
      readonly status: 'ok';
      /** Largest relative error of the self-test against the CPU reference. */
      readonly worstError: number;
      /** Forward pass of the chosen trunk, ms per picture. */
      readonly forwardMs: number;
    };

/** What computes, and why. Cached per device; shown in the page; can be overridden. */
export interface DeviceReport {
  readonly backend: BackendName;
  readonly chosenBy: 'measured' | 'person' | 'only-choice';
  readonly probes: readonly BackendProbe[];
  /** WASM only: worker threads in use (1 without cross-origin isolation), and SIMD. */
  readonly threads: number;
  readonly simd: boolean;
  readonly crossOriginIsolated: boolean;
  /** In a worker, or on the page's own thread because no worker could be started. */
  readonly thread: 'worker' | 'page';
  readonly forwardMs: number;
  readonly probedAtMs: number;
  /** The trunk whose forward pass was timed. */
  readonly modelId: string;
}

/** For leak tests and the bench. */
export interface MemoryReport {
  readonly tensors: number;
  readonly tensorBytes: number;
  /** Feature caches held in memory, bytes. */
  readonly cacheBytes: number;
}
