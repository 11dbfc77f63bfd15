/**
 * @file An ear on the messages between the page and its engine, and a hand on the engine's thread: what the page was
 * told is what a fault may not take back.
 */
import type { Page } from '@playwright/test';
import type { UnfinishedRun } from '../../src/index.ts';

/** What was told since the engine's present thread was started. */
export interface Told {
  /** Samples that came in. */
  readonly samples: number;
  /** The last epoch of the run in progress; -1: none yet. */
  readonly epoch: number;
  /** When that run was started or went on, ms; `null`: none was. */
  readonly startedAtMs: number | null;
  /** How that run ended: its status or the code of its error; `null`: not yet. */
  readonly ended: string | null;
  /** Back-ends on which the run was carried on after a loss. */
  readonly rescues: readonly string[];
  /** Answers to single live pictures. */
  readonly answers: number;
  /** Something of the run could not be kept. */
  readonly unkept: number;
  /** Whether a run can go on, as the engine said; `undefined`: not asked yet. */
  readonly unfinished: UnfinishedRun | null | undefined;
}

interface Tap {
  told: { -readonly [K in keyof Told]: Told[K] };
  engine: Worker | null;
  /** Asks the engine for what it holds. */
  memory(): Promise<{ tensors: number; tensorBytes: number }>;
}

declare global {
  interface Window {
    graftTap: Tap;
  }
}

/** Before the page is opened. */
export async function tapEngine(page: Page): Promise<void> {
  // What tsx wraps functions in; it does not reach the page with them.
  await page.addInitScript('globalThis.__name ??= (one) => one');
  await page.addInitScript(installTap);
}

export function told(page: Page): Promise<Told> {
  return page.evaluate(() => window.graftTap.told);
}

/** Ends the engine's thread, in the middle of whatever it does. What it said of unfinished runs counts no more. */
export async function killEngine(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.graftTap.engine?.terminate();
    window.graftTap.told.unfinished = undefined;
  });
}

function installTap(): void {
  const nothing = (): Tap['told'] => ({
    samples: 0,
    epoch: -1,
    startedAtMs: null,
    ended: null,
    rescues: [],
    unkept: 0,
    answers: 0,
    unfinished: undefined,
  });
  /** No call of the page's own has it. */
  const MEMORY_ID = -1;
  const memory: Tap['memory'] = () =>
    new Promise((resolve) => {
      const listener = ({
        data,
      }: MessageEvent<{ id?: number; result?: { tensors: number; tensorBytes: number } }>) => {
        if (data.id !== MEMORY_ID || data.result === undefined) return;
        tap.engine?.removeEventListener('message', listener);
        resolve({ tensors: data.result.tensors, tensorBytes: data.result.tensorBytes });
      };
      tap.engine?.addEventListener('message', listener);
      tap.engine?.postMessage({ version: 1, id: MEMORY_ID, kind: 'device.memory', params: {} });
    });
  const tap: Tap = { told: nothing(), engine: null, memory };
  window.graftTap = tap;
  const kinds = new Map<unknown, string>();
  const isRun = (kind: string) => kind === 'train.start' || kind === 'train.continue';

  const onRunEvent = (event: Record<string, unknown>) => {
    const { told: now } = tap;
    if (event['kind'] === 'epoch') now.epoch = (event['log'] as { epoch: number }).epoch;
    if (event['kind'] === 'rescued') now.rescues = [...now.rescues, String(event['backend'])];
    if (event['kind'] === 'unkept') now.unkept++;
  };
  const onMessage = (message: Record<string, unknown>) => {
    const kind = kinds.get(message['id']) ?? '';
    const event = message['event'] as Record<string, unknown> | undefined;
    if (event !== undefined) {
      if (isRun(kind)) onRunEvent(event);
      const patch = event['patch'] as { samples: { before: unknown; after: unknown }[] } | undefined;
      tap.told.samples +=
        patch?.samples.filter((one) => one.before === null && one.after !== null).length ?? 0;
      return;
    }
    if (isRun(kind)) {
      const end = (message['result'] ?? message['error']) as { status?: string; code?: string };
      tap.told.ended = end.status ?? end.code ?? 'ended';
    }
    kinds.delete(message['id']);
    if (kind === 'predict.bitmap' && 'result' in message) tap.told.answers++;
    if (kind === 'train.unfinished') tap.told.unfinished = message['result'] as UnfinishedRun | null;
  };

  const Plain = Worker;
  window.Worker = class extends Plain {
    readonly #isEngine: boolean;

    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.#isEngine = options?.name === 'graft-engine';
      if (!this.#isEngine) return;
      tap.engine = this;
      tap.told = nothing();
      kinds.clear();
      this.addEventListener('message', (event: MessageEvent<Record<string, unknown>>) =>
        onMessage(event.data),
      );
    }

    override postMessage(message: unknown, transfer?: StructuredSerializeOptions | Transferable[]): void {
      const { id, kind } = message as { id?: unknown; kind?: string };
      if (this.#isEngine && kind !== undefined) {
        kinds.set(id, kind);
        if (isRun(kind)) {
          Object.assign(tap.told, {
            epoch: -1,
            ended: null,
            startedAtMs: Date.now(),
            rescues: [],
            unkept: 0,
          });
        }
      }
      super.postMessage(message, transfer as Transferable[]);
    }
  };
}
