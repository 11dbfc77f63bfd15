import { useMemo } from 'react';
import type { ClassId, ClassRecord } from '../../src/index.ts';
import { BACKGROUND } from '../copy/background.ts';
import { useApp } from './store.ts';

/** Whether a class holds what is none of the others, told by its name. */
export function isBackground({ name }: ClassRecord): boolean {
  const lower = name.trim().toLowerCase();
  return Object.values(BACKGROUND).some((word) => word.toLowerCase() === lower);
}

/** Classes of the project that hold what is none of the others. */
export function useBackgroundClasses(): ReadonlySet<ClassId> {
  const classes = useApp(({ project }) => project?.dataset.classes);
  return useMemo(() => new Set((classes ?? []).filter(isBackground).map(({ id }) => id)), [classes]);
}
