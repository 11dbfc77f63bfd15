import { lazy, Suspense, type ComponentType } from 'react';
import type { StepId } from '../store/state.ts';

/** Each step is a chunk of its own, so that the first paint waits for none but the one it shows. */
const COMPONENTS: Record<StepId, ComponentType> = {
  choose: lazy(async () => ({ default: (await import('./choose/ChooseStep.tsx')).ChooseStep })),
  prepare: lazy(async () => ({ default: (await import('./prepare/PrepareStep.tsx')).PrepareStep })),
  'fine-tune': lazy(async () => ({ default: (await import('./fine-tune/FineTuneStep.tsx')).FineTuneStep })),
  evaluate: lazy(async () => ({ default: (await import('./evaluate/EvaluateStep.tsx')).EvaluateStep })),
  use: lazy(async () => ({ default: (await import('./use/UseStep.tsx')).UseStep })),
};

export function StepView({ step }: { readonly step: StepId }) {
  const Step = COMPONENTS[step];
  return (
    <Suspense fallback={null}>
      <Step />
    </Suspense>
  );
}
