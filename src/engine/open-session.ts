import { STORE_NAME } from '../core/site-names.ts';
import { createDataService } from '../data/create-data-service.ts';
import { download } from '../models/download.ts';
import { createMemoryStore } from '../persist/memory-store.ts';
import { openStore } from '../persist/open-store.ts';
import { decodeRun } from '../train/run-weights.ts';
import { createProjectSession } from './create-project-session.ts';
import type { ProjectSession } from './project-session.ts';

/** A page that is being reloaded lets go of the store within moments; another tab does not. */
const WAIT_MS = 3_000;

/**
 * Opens the kept project, or starts an empty one. One tab keeps the project: a second one works in memory, and says
 * so, because two writers would spoil each other's journal.
 */
export async function openProjectSession(): Promise<ProjectSession> {
  const isOnly = await claimStore();
  const session = createProjectSession({
    store: isOnly ? await openStore(STORE_NAME) : createMemoryStore(),
    createData: (parts) =>
      createDataService({ ...parts, fetched: (address, signal) => download(address, { signal }) }),
    checkWeights: decodeRun,
    notices: isOnly
      ? []
      : [{ code: 'open-elsewhere', message: 'Another tab has this project open; this one keeps nothing.' }],
  });
  await session.open();
  return session;
}

/** Takes the lock for as long as this thread lives. False: another thread has it. */
async function claimStore(): Promise<boolean> {
  if (!('locks' in navigator)) return true;
  return new Promise((resolve) => {
    const hold = () => {
      resolve(true);
      return new Promise<never>(() => undefined);
    };
    navigator.locks
      .request(STORE_NAME, { signal: AbortSignal.timeout(WAIT_MS) }, hold)
      .catch(() => resolve(false));
  });
}
