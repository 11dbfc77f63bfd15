/**
 * @file The scriptable door of the bench: the engine in the same worker as the page's, without the page. Built only
 * into the bench's own site.
 */
import type { CallEvent, CallKind, CallParams, CallResult, EngineClient } from '../src/index.ts';
import { createWorkerClient, toErrorData } from '../src/index.ts';
import type { GraphAnswer, GraphTask } from './graph-worker.ts';
import type { KernelAnswer, KernelTask } from './kernel-worker.ts';

/** What the bench asks of the page from outside. Everything returned can be cloned. */
export interface BenchDoor {
  readonly call: <K extends CallKind>(
    kind: K,
    params: CallParams<K>,
    options?: { abortAt?: string },
  ) => Promise<BenchAnswer<K>>;
  /** Imports the files of the page's file field, the i-th under the i-th path (`class/name`). */
  importFiles(paths: readonly string[]): Promise<BenchAnswer<'data.import'>>;
  /** Sample ids by name. */
  sampleIds(): Promise<Record<string, string>>;
  /** What this page and its workers hold, bytes; `null` where the browser does not say. */
  memoryBytes(): Promise<number | null>;
  /** Asks the worker that times the WASM kernels, one task at a time. */
  kernels(task: KernelTask): Promise<KernelAnswer>;
  /** Asks the worker that runs networks, one task at a time. */
  graph(task: GraphTask): Promise<GraphAnswer>;
}

export interface BenchAnswer<K extends CallKind> {
  readonly result: CallResult<K> | null;
  /** Code of the failure, e.g. `cancelled`. */
  readonly error: string | null;
  readonly elapsedMs: number;
  readonly events: readonly CallEvent<K>[];
  /** From the abort to the answer. */
  readonly cancelMs: number | null;
}

declare global {
  interface Window {
    graftBench: BenchDoor;
  }
  interface Performance {
    measureUserAgentSpecificMemory?: () => Promise<{ readonly bytes: number }>;
  }
}

const client: EngineClient = createWorkerClient(
  new Worker(new URL('../src/worker/worker.ts', import.meta.url), { type: 'module', name: 'graft-engine' }),
);

async function call<K extends CallKind>(
  kind: K,
  params: CallParams<K>,
  options: { abortAt?: string } = {},
): Promise<BenchAnswer<K>> {
  const abort = new AbortController();
  const events: CallEvent<K>[] = [];
  const startedAt = performance.now();
  const marks: { abortedAt?: number } = {};
  const onEvent = (event: CallEvent<K>): void => {
    events.push(event);
    if (marks.abortedAt !== undefined || !('kind' in event) || event.kind !== options.abortAt) return;
    marks.abortedAt = performance.now();
    abort.abort();
  };
  let result: CallResult<K> | null = null;
  let error: string | null = null;
  try {
    result = await client.call(kind, params, { signal: abort.signal, onEvent });
  } catch (thrown) {
    const { code, message } = toErrorData(thrown);
    error = `${code}: ${message}`;
  }
  const now = performance.now();
  const cancelMs = marks.abortedAt === undefined ? null : now - marks.abortedAt;
  return { result, error, elapsedMs: now - startedAt, events, cancelMs };
}

const field = document.querySelector<HTMLInputElement>('#files');

/** Asks a worker that is started by the first question. */
function asker<Answer>(start: () => Worker): (task: object) => Promise<Answer> {
  let worker: Worker | undefined;
  return (task) => {
    const asked = (worker ??= start());
    return new Promise((resolve, reject) => {
      asked.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data);
      asked.onerror = ({ message }) => reject(new Error(message));
      asked.postMessage(task);
    });
  };
}

window.graftBench = {
  call,
  importFiles(paths) {
    const chosen = [...(field?.files ?? [])];
    const files = chosen.map((file, index) => {
      const path = paths[index] ?? file.name;
      return { path, file: new File([file], path.split('/').at(-1) ?? path, { type: file.type }) };
    });
    return call('data.import', { files });
  },
  async sampleIds() {
    const { dataset } = await client.call('project.open', {});
    return Object.fromEntries([...dataset.samples.values()].map(({ id, name }) => [name, id]));
  },
  memoryBytes: async () => (await performance.measureUserAgentSpecificMemory?.())?.bytes ?? null,
  kernels: asker(() => new Worker(new URL('./kernel-worker.ts', import.meta.url), { type: 'module' })),
  graph: asker(() => new Worker(new URL('./graph-worker.ts', import.meta.url), { type: 'module' })),
};
