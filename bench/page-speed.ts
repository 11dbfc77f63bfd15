/** @file What a person feels: from a dropped folder to the evaluation, in the page itself. */
import type { BrowserContext, Page } from '@playwright/test';
import { GraftPage } from '../e2e/pages/graft-page.ts';
import { entryScriptBytes } from './entry-script.ts';
import { traceMainThread } from './main-thread.ts';
import { writePatterns } from './pattern-files.ts';
import { openProfile, type BenchSite } from './site.ts';
import type { Row } from './table.ts';

/** The first load measures every back-end. */
const FIRST_LOAD_MS = 60_000;

export async function benchPage(site: BenchSite): Promise<Row[]> {
  return [
    {
      name: 'entry script, gzipped',
      value: (await entryScriptBytes(site.outDir)) / 1000,
      unit: 'kB',
      atMost: 200,
    },
    ...(await dropRows(site, 300, 10)),
    ...(await dropRows(site, 1000, 30)),
  ];
}

/** A folder is dropped, the model taught with the defaults, the result read. */
async function dropRows(site: BenchSite, count: number, goalSeconds: number): Promise<Row[]> {
  const context = await openProfile();
  const { tasks, seconds, frames } = await driveDrop(context, site, count).finally(() => context.close());
  const dropped = Math.max(0, frames.expected - frames.shown);
  return [
    { name: `${count} pictures dropped to evaluated`, value: seconds, unit: 's', atMost: goalSeconds },
    { name: `main-thread task, longest, ${count} pictures`, value: tasks.longestMs, unit: 'ms' },
    {
      name: `main-thread task, 99th percentile, ${count} pictures`,
      value: tasks.percentile99Ms,
      unit: 'ms',
      atMost: 50,
      note: `${tasks.above50Ms} of ${tasks.tasks} tasks above 50 ms`,
    },
    {
      name: `frames dropped, ${count} pictures`,
      value: frames.expected === 0 ? null : (100 * dropped) / frames.expected,
      unit: '%',
      note: `${dropped} of ${frames.expected} at 60 a second`,
    },
  ];
}

async function driveDrop(context: BrowserContext, site: BenchSite, count: number) {
  const { folder } = await writePatterns(count, 20_000);
  const page = await context.newPage();
  const graft = new GraftPage(page);
  await graft.open(site.address, { timeout: FIRST_LOAD_MS });
  let seconds = 0;
  let frames = { shown: 0, expected: 0 };
  const tasks = await traceMainThread(page, async () => {
    const startedAt = performance.now();
    countFrames(page);
    await graft.prepare.addFolder(folder);
    await graft.prepare.waitForPictures(count);
    await graft.fineTune.teach();
    await graft.evaluate.open();
    await graft.evaluate.score();
    seconds = (performance.now() - startedAt) / 1000;
    frames = await framesSoFar(page);
  });
  return { tasks, seconds, frames };
}

/** Counts on until the page is closed. A loop, since tsx wraps inner functions in a helper that the page does not have. */
function countFrames(page: Page): void {
  page
    .evaluate(async () => {
      performance.mark('frames');
      for (let shown = 1; ; shown++) {
        await new Promise(requestAnimationFrame);
        document.documentElement.dataset['frames'] = String(shown);
      }
    })
    .catch(() => undefined);
}

async function framesSoFar(page: Page): Promise<{ shown: number; expected: number }> {
  return page.evaluate(() => {
    const startedAt = performance.getEntriesByName('frames')[0]?.startTime ?? 0;
    return {
      shown: Number(document.documentElement.dataset['frames'] ?? 0),
      expected: Math.round(((performance.now() - startedAt) * 60) / 1000),
    };
  });
}
