/**
 * @file `npm run bench -- graph`: the executor beside the converter of tfjs on the same graph model, a whole training step
 * in forward passes, and large files imported and written. Ratios are of medians of one run.
 */
import type { Page } from '@playwright/test';
import { ON_REAL_GPU } from '../scripts/chromium.mjs';
import type { BackendName } from '../src/index.ts';
import { alternate, type Clock, cpuSeconds, middle, type Times } from './clock.ts';
import { askGraph } from './graph-door.ts';
import { importRows } from './graph-import.ts';
import type { RunName, Subject } from './graph-worker.ts';
import { openDoor, type BenchSite } from './site.ts';
import { formatTable, type Row } from './table.ts';

interface GraphReport {
  readonly rows: readonly Row[];
  readonly at: string;
}

const GRAPH_MODEL = 'mobilenet-v2-coco';
const TRAINED = ['mobilenet-v3-small', 'mobilenet-v2-coco'];

/** GPUs are software here unless a real one was asked for, and the back-end in plain JavaScript is slow: a small batch, few turns. */
interface Effort {
  readonly batch: number;
  readonly turns: number;
  readonly rounds: number;
}

const FULL: Effort = { batch: 16, turns: 7, rounds: 2 };
const SMALL: Effort = { batch: 1, turns: 3, rounds: 1 };

export async function benchGraph(site: BenchSite, backends: readonly BackendName[]): Promise<GraphReport> {
  const rows: Row[] = [];
  const report = (found: readonly Row[]) => {
    // As they come: a slow back-end may take minutes.
    console.log(formatTable(found));
    rows.push(...found);
  };
  for (const backend of backends) {
    const effort = backend === 'wasm' || (ON_REAL_GPU && backend !== 'cpu') ? FULL : SMALL;
    report(await executorRows(site, backend, effort));
    for (const modelId of TRAINED) report(await stepRows(site, backend, effort, modelId));
  }
  report(await importRows(site));
  return { rows, at: new Date().toISOString() };
}

function executorRows(site: BenchSite, backend: BackendName, effort: Effort): Promise<Row[]> {
  return compare(site, { kind: 'graph-model', pack: GRAPH_MODEL }, backend, effort, {
    runs: ['converter', 'executor'],
    name: `${GRAPH_MODEL}: executor to the converter's execute`,
    atMost: 1.1,
  });
}

function stepRows(site: BenchSite, backend: BackendName, effort: Effort, modelId: string): Promise<Row[]> {
  return compare(site, { kind: 'training', modelId }, backend, effort, {
    runs: ['forward', 'step'],
    name: `${modelId}: training step to forward pass`,
    atMost: 4,
  });
}

interface Comparison {
  /** The second is told in the first. */
  readonly runs: readonly [RunName, RunName];
  readonly name: string;
  readonly atMost: number;
}

async function compare(
  site: BenchSite,
  subject: Subject,
  backend: BackendName,
  { batch, turns, rounds }: Effort,
  { runs, name, atMost }: Comparison,
): Promise<Row[]> {
  const page = await openDoor(site);
  try {
    const clock: Clock = { page, session: await site.browser.newBrowserCDPSession() };
    const opened = await askGraph(page, { kind: 'open', subject, backend, batch });
    const where = `${name}, ${backend}`;
    if (opened.kind !== 'open') {
      const note = opened.kind === 'unavailable' ? opened.reason : '';
      return [{ name: where, value: null, unit: 'times', note }];
    }
    const times = await alternate(
      turns,
      runs.map((run) => () => timed(clock, run, rounds)),
    );
    const [base, other] = times.map(middle) as [Times, Times];
    const told = (run: RunName, { ms, cpuMs }: Times) =>
      `${run} ${ms.toFixed(1)} ms (CPU ${cpuMs.toFixed(1)})`;
    let note = `batch ${batch}, ${opened.threads} threads: ${told(runs[0], base)}, ${told(runs[1], other)}`;
    if (backend !== 'wasm' && backend !== 'cpu') {
      const programs = [await programsOf(page, runs[0]), await programsOf(page, runs[1])];
      note += `; programs started on the GPU: ${programs.join(', ')}`;
    }
    const byClock = { name: `${where}, clock`, value: other.ms / base.ms, unit: 'times', atMost, note };
    // What a GPU works, software or not, is not in the page's process.
    if (backend !== 'wasm' && backend !== 'cpu') return [byClock];
    const value = other.cpuMs / base.cpuMs;
    return [byClock, { name: `${where}, CPU time`, value, unit: 'times', atMost }];
  } finally {
    await page.context().close();
  }
}

async function programsOf(page: Page, run: RunName): Promise<number> {
  const answer = await askGraph(page, { kind: 'run', run, rounds: 1 });
  return answer.kind === 'time' ? answer.programs : NaN;
}

async function timed(clock: Clock, run: RunName, rounds: number): Promise<Times> {
  const before = await cpuSeconds(clock);
  const answer = await askGraph(clock.page, { kind: 'run', run, rounds });
  const cpuMs = (1000 * ((await cpuSeconds(clock)) - before)) / rounds;
  return { ms: answer.kind === 'time' ? answer.ms : NaN, cpuMs };
}
