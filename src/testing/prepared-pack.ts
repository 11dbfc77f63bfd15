import type { TestContext } from 'vitest';
import { loadPack, type Pack, presentPacks } from '../models/pack.ts';
import { siteRoot } from '../models/site-root.ts';

/** A pack that every machine has. */
export function bundledPack(id: string): Promise<Pack> {
  return loadPack(new URL(`backbones/${id}/`, siteRoot()), { signal: AbortSignal.timeout(60_000) });
}

/** A pack that not every machine has; without it the test is skipped, and says so. */
export async function preparedPack(id: string, context: TestContext): Promise<Pack> {
  if (!(await presentPacks(new URL('backbones/', siteRoot()))).has(id)) {
    console.log(`Skipped: the model pack ${id} is not prepared; "npm run packs -- ${id}" does that.`);
    context.skip();
  }
  return bundledPack(id);
}
