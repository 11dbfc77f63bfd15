import type { TestContext } from 'vitest';
import { loadPack, type Pack, presentPacks } from '../models/pack.ts';
import { siteRoot } from '../models/site-root.ts';

/** A pack that not every machine has; without it the test is skipped, and says so. */
export async function preparedPack(id: string, context: TestContext): Promise<Pack> {
  const root = new URL('backbones/', siteRoot());
  if (!(await presentPacks(root)).has(id)) {
    console.log(`Skipped: the model pack ${id} is not prepared; "npm run packs -- ${id}" does that.`);
    context.skip();
  }
  return loadPack(new URL(`${id}/`, root), { signal: AbortSignal.timeout(60_000) });
}
