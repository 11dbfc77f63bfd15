import type { HeatMap, HeatMethod, SampleId, SampleKind, WordHeat } from '../../../../src/index.ts';
import { fetchHeat } from '../../../store/explain-actions.ts';
import { useAsked, type Asked } from './use-asked.ts';

export type WhyView = 'picture' | HeatMethod;

/** What can be asked of each kind of sample; the sample itself is the first view. */
export const WHY_VIEWS: Readonly<Record<SampleKind, readonly WhyView[]>> = {
  picture: ['picture', 'grad-cam', 'occlusion'],
  sound: ['picture', 'grad-cam'],
  text: ['picture', 'gradient-input', 'occlusion'],
};

/** What is asked about a sample. */
export interface WhyQuestion {
  readonly view: WhyView;
  /** Index of the class. */
  readonly label: number;
  /** `null`: the last cut that has places. */
  readonly cut: number | null;
}

export type Heat = HeatMap | WordHeat;

interface HeatQuestion extends Omit<WhyQuestion, 'label'> {
  /** `null`: nobody is asked. */
  readonly runId: string | null;
  readonly classId: string;
  /** The sample, or a file with a name for it. */
  readonly of: SampleId | { readonly file: File; readonly key: string };
}

/** Asks a run what spoke for a class, unless only the sample itself is wanted. */
export function useHeat({ runId, of, classId, view, cut }: HeatQuestion): Asked<Heat> {
  const name = typeof of === 'string' ? of : of.key;
  const asks = view !== 'picture' && runId !== null;
  return useAsked({
    key: asks ? [runId, name, classId, view, cut ?? ''].join('/') : null,
    ask: (context) =>
      fetchHeat(
        {
          runId: runId ?? '',
          of: typeof of === 'string' ? of : of.file,
          classId,
          method: view === 'picture' ? 'grad-cam' : view,
          ...(view === 'grad-cam' && cut !== null && { cut }),
        },
        context,
      ),
  });
}
