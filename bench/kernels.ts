/** @file `npm run bench -- kernels`: each kernel of a training step beside tfjs's own, and where a step's time goes. */
import type { Page } from '@playwright/test';
import { alternate, best, type Clock, cpuSeconds, type Measurement, type Times } from './clock.ts';
import type { CaseFacts, KernelAnswer, KernelTask, ProfileRow } from './kernel-worker.ts';
import { openDoor, type BenchSite } from './site.ts';

interface CaseReport {
  readonly facts: CaseFacts;
  readonly ours: Times;
  readonly tfjs: Times | null;
}

interface KernelReport {
  readonly model: string;
  readonly threads: number;
  readonly forward: Times;
  readonly step: Times;
  readonly profile: readonly ProfileRow[];
  readonly cases: readonly CaseReport[];
}

/** Forward passes and steps alternate, and ours and tfjs's: a change of the machine's load meets both. */
const ALTERNATIONS = 4;
const MODEL_ROUNDS = 3;
const CASE_ROUNDS = 12;

export async function benchKernels(site: BenchSite, model: string): Promise<KernelReport> {
  const page = await openDoor(site);
  const clock: Clock = { page, session: await site.browser.newBrowserCDPSession() };
  const opened = await ask(page, { kind: 'open', modelId: model });
  if (opened.kind !== 'open') throw new Error('The worker did not open the model.');
  const modelRun = (run: 'forward' | 'step') => () =>
    timed(clock, { kind: 'model', run, rounds: MODEL_ROUNDS });
  const [forward, step] = await quickestOf(modelRun('forward'), modelRun('step'));
  const profiled = await ask(page, { kind: 'profile' });
  const cases: CaseReport[] = [];
  for (const [index, facts] of opened.cases.entries()) {
    const run = (by: 'ours' | 'tfjs') => () => timed(clock, { kind: 'case', index, by, rounds: CASE_ROUNDS });
    const [ours, tfjs] = await quickestOf(run('ours'), run(facts.tfjs ? 'tfjs' : 'ours'));
    cases.push({ facts, ours, tfjs: facts.tfjs ? tfjs : null });
  }
  await page.context().close();
  const profile = profiled.kind === 'profile' ? profiled.rows : [];
  const report = { model, threads: opened.threads, forward, step, profile, cases };
  console.log(formatReport(report));
  return report;
}

async function ask(page: Page, task: KernelTask): Promise<KernelAnswer> {
  const answer = await page.evaluate((given) => window.graftBench.kernels(given), task);
  if (answer.kind === 'error') throw new Error(answer.message);
  return answer;
}

async function timed(clock: Clock, task: Extract<KernelTask, { readonly rounds: number }>): Promise<Times> {
  const before = await cpuSeconds(clock);
  const answer = await ask(clock.page, task);
  const cpuMs = (1000 * ((await cpuSeconds(clock)) - before)) / task.rounds;
  return { ms: answer.kind === 'times' ? answer.ms : NaN, cpuMs };
}

async function quickestOf(...pair: [Measurement, Measurement]): Promise<[Times, Times]> {
  const [first = [], second = []] = await alternate(ALTERNATIONS, pair);
  return [best(first), best(second)];
}

function formatReport({ model, threads, forward, step, profile, cases }: KernelReport): string {
  const number = (value: number | null) => (value === null ? '-' : value.toFixed(2)).padStart(9);
  const label = (text: string) => text.padEnd(54);
  const times = ({ ms, cpuMs }: Times) => `${ms.toFixed(1)} ms (CPU ${cpuMs.toFixed(1)} ms)`;
  return [
    `${model}, batch 16, WASM with ${threads} threads`,
    `forward ${times(forward)}, step ${times(step)}`,
    `ratio ${(step.ms / forward.ms).toFixed(2)} (CPU ${(step.cpuMs / forward.cpuMs).toFixed(2)})`,
    '',
    `${label('kernels of one step')}       ms    count`,
    ...profile
      .slice(0, 24)
      .map(({ kernel, count, ms }) => `${label(kernel)}${number(ms)}${String(count).padStart(9)}`),
    '',
    `${label('')}  CPU of all threads, ms           per core   quickest, ms`,
    `${label('kernel')}     ours     tfjs    ratio  GFLOP/s     ours     tfjs`,
    ...cases.map(({ facts: { name, flops }, ours, tfjs }) => {
      const ratio = tfjs === null ? null : tfjs.cpuMs / ours.cpuMs;
      const perCore = flops === null ? null : flops / ours.cpuMs / 1e6;
      const cells = [ours.cpuMs, tfjs?.cpuMs ?? null, ratio, perCore, ours.ms, tfjs?.ms ?? null];
      return `${label(name)}${cells.map(number).join('')}`;
    }),
  ].join('\n');
}
