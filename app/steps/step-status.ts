import type { MessageKey } from '../copy/message.ts';
import type { AppState, StepId } from '../store/state.ts';
import { stepRule } from './steps.ts';

/** How far a step is, for the rail. `values` may need words in the person's language: `counts` become them. */
export interface StepStatus {
  readonly state: 'waits' | 'open' | 'busy' | 'done';
  readonly line: MessageKey;
  readonly values?: { readonly model?: string; readonly count?: number };
  readonly classes?: number;
  readonly pictures?: number;
  /** Fraction of right answers in the latest report. */
  readonly accuracy?: number;
}

export function stepStatus(id: StepId, state: AppState): StepStatus {
  if (state.project === null) return { state: 'waits', line: 'common:rail.opening' };
  const waits = stepRule(id).waitsFor(state);
  if (waits !== null) return { state: 'waits', line: waits };
  return STATUS[id](state, state.project);
}

type Project = NonNullable<AppState['project']>;

const STATUS: Record<StepId, (state: AppState, project: Project) => StepStatus> = {
  choose({ model, tasks }) {
    if (tasks.model !== undefined) return { state: 'busy', line: 'common:rail.chooseLoading' };
    if (model === null) return { state: 'open', line: 'common:rail.chooseOpen' };
    return { state: 'done', line: 'common:rail.chooseDone', values: { model: model.card.name } };
  },
  prepare(state, { dataset }) {
    const { tasks } = state;
    if (tasks.import !== undefined || tasks['sample-set'] !== undefined) {
      return {
        state: 'busy',
        line: 'common:rail.prepareBusy',
        classes: dataset.classes.length,
        pictures: dataset.samples.size,
      };
    }
    if (dataset.samples.size === 0) return { state: 'open', line: 'common:rail.prepareOpen' };
    return {
      state: stepRule('fine-tune').waitsFor(state) === null ? 'done' : 'open',
      line: 'common:rail.prepareDone',
      classes: dataset.classes.length,
      pictures: dataset.samples.size,
    };
  },
  'fine-tune'({ training }, { runs }) {
    if (training.status === 'paused') return { state: 'busy', line: 'common:rail.fineTunePaused' };
    if (training.status !== 'idle') return { state: 'busy', line: 'common:rail.fineTuneRunning' };
    if (runs.length === 0) return { state: 'open', line: 'common:rail.fineTuneReady' };
    return { state: 'done', line: 'common:rail.fineTuneDone', values: { count: runs.length } };
  },
  evaluate(_state, { reports, runs }) {
    const report = [...runs]
      .reverse()
      .map(({ id }) => reports[id])
      .find((found) => found !== undefined);
    if (report === undefined) return { state: 'open', line: 'common:rail.evaluateReady' };
    return { state: 'done', line: 'common:rail.evaluateDone', accuracy: report.accuracy };
  },
  use: () => ({ state: 'open', line: 'common:rail.useReady' }),
};
