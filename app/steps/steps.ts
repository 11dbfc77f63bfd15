import type { MessageKey } from '../copy/message.ts';
import { classesWith } from '../store/project.ts';
import type { AppState, StepId } from '../store/state.ts';

interface StepRule {
  readonly id: StepId;
  /** Why the step cannot be entered yet; `null` when it can. */
  readonly waitsFor: (state: Pick<AppState, 'project' | 'model'>) => MessageKey | null;
}

/** The five steps in their order. */
export const STEPS: readonly StepRule[] = [
  { id: 'choose', waitsFor: () => null },
  { id: 'prepare', waitsFor: () => null },
  {
    id: 'fine-tune',
    waitsFor: ({ project, model }) => {
      if (model === null) return 'common:waits.model';
      const dataset = project?.dataset;
      if (dataset === undefined || dataset.classes.length < 2) return 'common:waits.classes';
      return classesWith(dataset, 3) < 2 ? 'common:waits.samples' : null;
    },
  },
  { id: 'evaluate', waitsFor: ({ project }) => (hasRun(project) ? null : 'common:waits.run') },
  {
    id: 'use',
    waitsFor: ({ project, model }) => {
      if (model === null) return 'common:waits.model';
      if (hasRun(project)) return null;
      const dataset = project?.dataset;
      return dataset !== undefined && classesWith(dataset, 3) >= 2 ? null : 'common:waits.samples';
    },
  },
];

export function stepRule(id: StepId): StepRule {
  const rule = STEPS.find((step) => step.id === id);
  if (rule === undefined) throw new Error(`There is no step ${id}.`);
  return rule;
}

function hasRun(project: AppState['project']): boolean {
  return project?.runs.some(({ status }) => status !== 'failed') === true;
}
