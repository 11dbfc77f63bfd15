import { createDataService } from '../data/create-data-service.ts';
import { openStore } from '../persist/open-store.ts';
import { createProjectSession } from './create-project-session.ts';
import type { ProjectSession } from './project-session.ts';

/** The folder or database of this site's store. */
const STORE_NAME = 'graft';

/** Opens the kept project, or starts an empty one. */
export async function openProjectSession(): Promise<ProjectSession> {
  const session = createProjectSession({
    store: await openStore(STORE_NAME),
    createData: createDataService,
  });
  await session.open();
  return session;
}
