import { useApp } from '../store/store.ts';

/** Whether any model can answer: a run, or the instant head. */
export function useCanAnswer(): boolean {
  return useApp(({ instant, project }) => instant.ready || (project?.activeRunId ?? null) !== null);
}

/** Changes whenever another model, or the same with more samples, would answer. */
export function useModelName(): string {
  return useApp(
    ({ instant, project }) =>
      project?.activeRunId ?? `instant ${instant.samples} ${project?.dataset.revision ?? 0}`,
  );
}
