import { TASKS, type SampleKind } from '../../src/index.ts';
import { useApp } from './store.ts';

/** What the samples of the open project are; pictures before there is one. */
export function useSampleKind(): SampleKind {
  return useApp(({ project }) => (project === null ? 'picture' : TASKS[project.settings.task].sample));
}
