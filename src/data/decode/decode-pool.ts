import { transferables } from '../../core/engine-api.ts';
import { assertNotAborted, EngineError, fromErrorData } from '../../core/errors.ts';
import type { ErrorData } from '../../core/errors.ts';
import type { DecodeKind, DecodeParams, DecodeResult } from './jobs.ts';

/** What goes to a decode worker and comes back. */
export interface DecodeRequest {
  readonly id: number;
  readonly kind: DecodeKind;
  readonly params: DecodeParams<DecodeKind>;
}
export type DecodeReply =
  | { readonly id: number; readonly result: DecodeResult<DecodeKind> }
  | { readonly id: number; readonly error: ErrorData };

/** Runs decode jobs beside the engine's thread, first come, first served. */
export interface DecodePool {
  /** Jobs worth having in flight at once. */
  readonly concurrency: number;
  /**
   * Bitmaps in `params` are transferred.
   * @throws {EngineError} what the job throws; `cancelled` at once when the signal is aborted, though a job that has
   * begun ends unheard; `worker-died` if its worker crashed (the next job gets a new one).
   */
  run<K extends DecodeKind>(kind: K, params: DecodeParams<K>, signal?: AbortSignal): Promise<DecodeResult<K>>;
  /** Ends the workers; what is queued rejects with `cancelled`. */
  dispose(): void;
}

interface Job {
  readonly request: DecodeRequest;
  readonly resolve: (result: DecodeResult<DecodeKind>) => void;
  readonly reject: (error: EngineError) => void;
}

interface Lane {
  readonly worker: Worker;
  readonly jobs: Map<number, Job>;
}

/** Most memory of a pool is decoded pictures, so it does not grow with the machine beyond this. */
const MAX_WORKERS = 4;
/** While a browser decodes one picture on a thread of its own, the worker can draw another. */
const JOBS_PER_WORKER = 2;

/** A pool that starts its workers when they are first needed. */
export function createDecodePool(): DecodePool {
  const size = Math.max(1, Math.min(MAX_WORKERS, navigator.hardwareConcurrency - 1));
  if (typeof Worker === 'undefined') return createInThreadPool();
  const lanes: Lane[] = [];
  let queue: Job[] = [];
  let nextId = 1;
  let disposed = false;
  /** Set when the first worker could not even start: jobs then run on this thread. */
  let fallback: DecodePool | null = null;
  let answered = false;

  const retire = (lane: Lane) => {
    lane.worker.terminate();
    lanes.splice(lanes.indexOf(lane), 1);
    const error = new EngineError('worker-died', 'The thread that decodes pictures has ended unexpectedly.');
    if (!answered) fallback ??= createInThreadPool();
    for (const job of lane.jobs.values()) {
      if (fallback === null || transferables(job.request.params).length > 0) job.reject(error);
      else fallback.run(job.request.kind, job.request.params).then(job.resolve, job.reject);
    }
    pump();
  };
  const open = (): Lane => {
    const lane = openLane(
      (reply) => {
        answered = true;
        settleJob(lane, reply);
        pump();
      },
      () => retire(lane),
    );
    lanes.push(lane);
    return lane;
  };
  const pump = () => {
    while (queue.length > 0) {
      let lane = [...lanes].sort((a, b) => a.jobs.size - b.jobs.size)[0];
      if (lane === undefined || (lane.jobs.size > 0 && lanes.length < size)) lane = open();
      if (lane.jobs.size >= JOBS_PER_WORKER) return;
      const job = queue.shift();
      if (job === undefined) return;
      lane.jobs.set(job.request.id, job);
      lane.worker.postMessage(job.request, { transfer: transferables(job.request.params) });
    }
  };
  return {
    concurrency: size * JOBS_PER_WORKER,
    run: <K extends DecodeKind>(kind: K, params: DecodeParams<K>, signal?: AbortSignal) =>
      new Promise<DecodeResult<K>>((resolve, reject) => {
        if (signal !== undefined) assertNotAborted(signal);
        if (disposed) throw new EngineError('cancelled', 'The pool has ended.');
        if (fallback !== null) {
          resolve(fallback.run(kind, params, signal));
          return;
        }
        const request: DecodeRequest = { id: nextId++, kind, params };
        const job = createJob<K>(request, resolve, reject, signal, () => {
          queue = queue.filter((other) => other !== job);
        });
        queue.push(job);
        pump();
      }),
    dispose() {
      disposed = true;
      const error = new EngineError('cancelled', 'The pool has ended.');
      for (const job of [...queue, ...lanes.flatMap(({ jobs }) => [...jobs.values()])]) job.reject(error);
      for (const { worker } of lanes) worker.terminate();
      queue = [];
      lanes.length = 0;
    },
  };
}

/** A job that is settled once, by its worker or by its signal. */
function createJob<K extends DecodeKind>(
  request: DecodeRequest,
  resolve: (result: DecodeResult<K>) => void,
  reject: (error: EngineError) => void,
  signal: AbortSignal | undefined,
  onAbort: () => void,
): Job {
  const abort = () => {
    onAbort();
    reject(new EngineError('cancelled', 'The action was cancelled.'));
  };
  signal?.addEventListener('abort', abort, { once: true });
  const settled = () => signal?.removeEventListener('abort', abort);
  return {
    request,
    resolve: (result) => {
      settled();
      resolve(result);
    },
    reject: (error) => {
      settled();
      reject(error);
    },
  };
}

function openLane(onReply: (reply: DecodeReply) => void, onDeath: () => void): Lane {
  const worker = new Worker(new URL('./decode-worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<DecodeReply>) => onReply(data);
  worker.onerror = onDeath;
  worker.onmessageerror = onDeath;
  return { worker, jobs: new Map() };
}

function settleJob(lane: Lane, reply: DecodeReply): void {
  const job = lane.jobs.get(reply.id);
  lane.jobs.delete(reply.id);
  if ('error' in reply) job?.reject(fromErrorData(reply.error));
  else job?.resolve(reply.result);
}

/** Where nested workers are missing: the same jobs on this thread. */
export function createInThreadPool(): DecodePool {
  return {
    concurrency: JOBS_PER_WORKER,
    run: async (kind, params, signal) => {
      if (signal !== undefined) assertNotAborted(signal);
      // Imported when needed: a thread with workers never loads the decoders.
      const { runJob } = await import('./run-job.ts');
      const result = await runJob(kind, params);
      if (signal !== undefined) assertNotAborted(signal);
      return result;
    },
    dispose: () => undefined,
  };
}
