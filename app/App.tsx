import { Rail } from './shell/Rail.tsx';
import { StepView } from './steps/StepView.tsx';
import { useApp } from './store/store.ts';

export function App() {
  const step = useApp(({ session }) => session.step);
  return (
    <>
      <Rail />
      <main id="step">
        <StepView step={step} />
      </main>
    </>
  );
}
