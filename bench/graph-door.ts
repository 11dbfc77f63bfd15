import type { Page } from '@playwright/test';
import type { GraphAnswer, GraphTask } from './graph-worker.ts';

/**
 * Asks the worker that runs networks, in the page.
 * @throws {Error} what failed there.
 */
export async function askGraph(page: Page, task: GraphTask): Promise<GraphAnswer> {
  const answer = await page.evaluate((given) => window.graftBench.graph(given), task);
  if (answer.kind === 'error') throw new Error(answer.message);
  return answer;
}
