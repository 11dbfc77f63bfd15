/**
 * @file The scriptable door of the bench: the engine in the same worker as the page's, without the page. Built only
 * into the bench's own site.
 */
import type {
  CallEvent,
  CallKind,
  CallParams,
  CallResult,
  EngineClient,
  TableMapping,
} from '../src/index.ts';
import { createWorkerClient, toErrorData } from '../src/index.ts';
import type { CopiesAnswer, CopiesTask } from './copies-worker.ts';
import type { GraphAnswer, GraphTask } from './graph-worker.ts';
import type { KernelAnswer, KernelTask } from './kernel-worker.ts';
import type { CopyKind, PlannedFile } from './planted.ts';

/** What the bench asks of the page from outside. Everything returned can be cloned. */
export interface BenchDoor {
  readonly call: <K extends CallKind>(
    kind: K,
    params: CallParams<K>,
    options?: { abortAt?: string },
  ) => Promise<BenchAnswer<K>>;
  /** Looks at the files of the page's file field, the i-th under the i-th path (`class/name`). */
  previewFiles(paths: readonly string[]): Promise<BenchAnswer<'data.preview'>>;
  /** Imports them; `table` is how to read a table among them. */
  importFiles(paths: readonly string[], table?: TableMapping): Promise<BenchAnswer<'data.import'>>;
  /** Imports files of the page's file field, changed as planned. */
  importPlanned(files: readonly PlannedFile[]): Promise<BenchAnswer<'data.import'>>;
  /** Sample ids by name. */
  sampleIds(): Promise<Record<string, string>>;
  /** How unlike anything learned each picture of the file field is, as live prediction measures it. */
  novelty(): Promise<number[]>;
  /** What this page and its workers hold, bytes; `null` where the browser does not say. */
  memoryBytes(): Promise<number | null>;
  /** Asks the worker that times the WASM kernels, one task at a time. */
  kernels(task: KernelTask): Promise<KernelAnswer>;
  /** Asks the worker that looks for near duplicates, one task at a time. */
  copies(task: CopiesTask): Promise<CopiesAnswer>;
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

/** Cut away at the upper left, of each side. */
const CROP = 0.05;

/** A near duplicate, as a person makes them without noticing. */
async function copyOf(file: File, kind: CopyKind): Promise<Blob> {
  const bitmap = await createImageBitmap(file);
  const scale = kind === 'smaller' ? 0.6 : kind === 'cropped' ? 1 - CROP : 1;
  const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  if (kind === 'mirrored') context.setTransform(-1, 0, 0, 1, canvas.width, 0);
  if (kind === 'cropped')
    context.drawImage(bitmap, canvas.width - bitmap.width, canvas.height - bitmap.height);
  else context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: kind === 'saved-again' ? 0.4 : 0.9 });
}

function named(paths: readonly string[]) {
  return [...(field?.files ?? [])].map((file, index) => {
    const path = paths[index] ?? file.name;
    return { path, file: new File([file], path.split('/').at(-1) ?? path, { type: file.type }) };
  });
}

window.graftBench = {
  call,
  previewFiles: (paths) => call('data.preview', { files: named(paths) }),
  importFiles: (paths, table) => call('data.import', { files: named(paths), ...(table && { table }) }),
  async importPlanned(planned) {
    const chosen = [...(field?.files ?? [])];
    const files = await Promise.all(
      planned.map(async ({ source, path, copy, cut }) => {
        const original = chosen[source] as File;
        const bytes = copy !== undefined ? await copyOf(original, copy) : original;
        const kept = cut === true ? bytes.slice(0, Math.floor(bytes.size / 2)) : bytes;
        return { path, file: new File([kept], path.split('/').at(-1) ?? path, { type: 'image/jpeg' }) };
      }),
    );
    return call('data.import', { files });
  },
  async sampleIds() {
    const { dataset } = await client.call('project.open', {});
    return Object.fromEntries([...dataset.samples.values()].map(({ id, name }) => [name, id]));
  },
  async novelty() {
    const found: number[] = [];
    for (const file of field?.files ?? []) {
      const { novelty } = await client.call('predict.file', { file });
      if (novelty !== undefined) found.push(novelty);
    }
    return found;
  },
  memoryBytes: async () => (await performance.measureUserAgentSpecificMemory?.())?.bytes ?? null,
  kernels: asker(() => new Worker(new URL('./kernel-worker.ts', import.meta.url), { type: 'module' })),
  copies: asker(() => new Worker(new URL('./copies-worker.ts', import.meta.url), { type: 'module' })),
  graph: asker(() => new Worker(new URL('./graph-worker.ts', import.meta.url), { type: 'module' })),
};
