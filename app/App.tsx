import { useTranslation } from 'react-i18next';
import classes from './App.module.css';
import { EngineBanner } from './shell/EngineBanner.tsx';
import { Header } from './shell/Header.tsx';
import { LiveAside } from './shell/LiveAside.tsx';
import { Notices } from './shell/Notices.tsx';
import { Rail } from './shell/Rail.tsx';
import { TrainingAnnouncer } from './shell/TrainingAnnouncer.tsx';
import { StepView } from './steps/StepView.tsx';
import { useApp } from './store/store.ts';

/** The frame: header, rail, the step, the live panel (which the step Use has within itself, larger). */
export function App() {
  const { t } = useTranslation();
  const step = useApp(({ session }) => session.step);
  return (
    <div className={classes.app} data-live={step !== 'use'}>
      <a className={classes.skip} href="#step">
        {t('skip')}
      </a>
      <Header />
      <Rail />
      <main className={classes.main} id="step" tabIndex={-1}>
        <EngineBanner />
        <StepView step={step} />
      </main>
      {step !== 'use' && <LiveAside />}
      <Notices />
      <TrainingAnnouncer />
    </div>
  );
}
