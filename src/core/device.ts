export const BACKENDS = ['webgpu', 'webgl', 'wasm', 'cpu'] as const;
export type BackendName = (typeof BACKENDS)[number];

/** Why there is no such back-end here. The page has a sentence for each code. */
export type MissingReason =
  | {
      readonly code: 'not-in-browser' | 'not-started' | 'no-adapter' | 'no-device' | 'no-float-textures';
    }
  /** What was thrown, in the words of who threw it. */
  | { readonly code: 'threw'; readonly message: string };

/** Why a back-end that is here was passed over. */
export type SkipReason =
  | { readonly code: 'last-resort' }
  /** `ms`: of the first convolution, `null` where it was not waited for; `bestMs`: of the best back-end so far. */
  | { readonly code: 'slow-convolution'; readonly ms: number | null; readonly bestMs: number | null }
  | { readonly code: 'slow-model'; readonly limitMs: number };

/** A reason for logs and benches: the code and what was measured. */
export const reasonLine = (reason: MissingReason | SkipReason): string => Object.values(reason).join(' ');

/** What the probe found out about one back-end. */
export type BackendProbe =
  | { readonly backend: BackendName; readonly status: 'unavailable'; readonly reason: MissingReason }
  /** Available, but its numbers are wrong: never used. */
  | { readonly backend: BackendName; readonly status: 'incorrect'; readonly worstError: number }
  /** Not timed to the end: a first short timing was far behind the best so far, or it is only a last resort. */
  | {
      readonly backend: BackendName;
      readonly status: 'skipped';
      readonly reason: SkipReason;
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
