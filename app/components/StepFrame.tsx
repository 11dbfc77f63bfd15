import type { ReactNode } from 'react';
import classes from './StepFrame.module.css';
import { useHeldFocus } from './use-held-focus.ts';

interface StepFrameProps {
  readonly title: string;
  /** One or two sentences under the title. */
  readonly lead?: ReactNode;
  /** Controls at the right of the title. */
  readonly actions?: ReactNode;
  /** The way on, kept at the end of the step. */
  readonly footer?: ReactNode;
  /** Equal as long as the step shows the same: where it changes, the keyboard keeps its place. */
  readonly showing?: unknown;
  readonly children: ReactNode;
}

/** The common shape of a step: title, lead, content, the way on. */
export function StepFrame({ title, lead, actions, footer, showing, children }: StepFrameProps) {
  const frame = useHeldFocus<HTMLElement>(showing);
  return (
    <article className={classes.frame} ref={frame} tabIndex={-1}>
      <header className={classes.header}>
        <div>
          <h1 className={classes.title} id="step-title" tabIndex={-1}>
            {title}
          </h1>
          {lead !== undefined && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
      {footer !== undefined && <footer className={classes.footer}>{footer}</footer>}
    </article>
  );
}
