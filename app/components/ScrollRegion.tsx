import type { ReactNode } from 'react';

interface ScrollRegionProps {
  /** Id of the heading that names it. */
  readonly labelledBy: string;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** What scrolls by itself can be reached and scrolled with the keyboard. */
export function ScrollRegion({ labelledBy, className, children }: ScrollRegionProps) {
  return (
    <div className={className} role="region" aria-labelledby={labelledBy} tabIndex={0}>
      {children}
    </div>
  );
}
