import { useLayoutEffect, useRef, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './App.module.css';
import { useKeepPage } from './capture/use-keep-page.ts';
import { DialogsAside } from './components/Dialog.tsx';
import { EngineBanner } from './shell/EngineBanner.tsx';
import { Erased } from './shell/Erased.tsx';
import { Header } from './shell/Header.tsx';
import { LiveAside } from './shell/LiveAside.tsx';
import { Notices } from './shell/Notices.tsx';
import { Rail } from './shell/Rail.tsx';
import { SealDialog } from './shell/SealDialog.tsx';
import { TrainingAnnouncer } from './shell/TrainingAnnouncer.tsx';
import { StepView } from './steps/StepView.tsx';
import type { StepId } from './store/state.ts';
import { useApp } from './store/store.ts';

/** The page, until everything that it keeps has been erased. */
export function App() {
  return useApp(({ engine }) => engine.status) === 'erased' ? <Erased /> : <Frame />;
}

/** The frame: header, rail, the step, the live panel (which the step Use has within itself, larger). */
function Frame() {
  const { t } = useTranslation();
  const step = useApp(({ session }) => session.step);
  const main = useStepFromTop(step);
  useKeepPage();
  // The way back of the banner would be beneath them.
  const gone = useApp(({ engine: { status } }) => status === 'dead' || status === 'failed');
  return (
    <DialogsAside value={gone}>
      <div className={classes.app} data-live={step !== 'use'}>
        <a className={classes.skip} href="#step">
          {t('skip')}
        </a>
        <Header />
        <Rail />
        <main ref={main} className={classes.main} id="step" tabIndex={-1}>
          <EngineBanner />
          <StepView step={step} />
        </main>
        {step !== 'use' && <LiveAside />}
        <Notices />
        <SealDialog />
        <TrainingAnnouncer />
      </div>
    </DialogsAside>
  );
}

/**
 * A step begins at its top, however far the one before was scrolled. If the way to it went with that one ("Next"), the
 * keyboard goes on from the step and not from the start of the page.
 */
function useStepFromTop(step: StepId): RefObject<HTMLElement | null> {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(step);
  useLayoutEffect(() => {
    if (shown.current === step || main.current === null) return;
    shown.current = step;
    main.current.scrollTop = 0;
    // The old step may be there a moment longer, hidden, while the next one is being loaded.
    const { activeElement } = document;
    if (activeElement === document.body || main.current.contains(activeElement))
      main.current.focus({ preventScroll: true });
  }, [step]);
  return main;
}
