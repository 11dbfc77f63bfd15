import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';

export interface Hold {
  readonly held: boolean;
  /** Spread onto the button. */
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerUp: () => void;
    readonly onPointerCancel: () => void;
    readonly onLostPointerCapture: () => void;
    readonly onKeyDown: (event: KeyboardEvent) => void;
    readonly onKeyUp: (event: KeyboardEvent) => void;
    readonly onBlur: () => void;
    readonly onContextMenu: (event: { preventDefault: () => void }) => void;
  };
}

/**
 * A button that is on while it is held: by finger, by mouse, or by Space or Enter. Losing the focus, the pointer or the
 * page's visibility lets go of it.
 */
export function useHold(): Hold {
  const [held, setHeld] = useState(false);
  const release = useCallback(() => setHeld(false), []);

  useEffect(() => {
    if (!held) return;
    addEventListener('blur', release);
    document.addEventListener('visibilitychange', release);
    return () => {
      removeEventListener('blur', release);
      document.removeEventListener('visibilitychange', release);
    };
  }, [held, release]);

  const onPointerDown = useCallback((event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setHeld(true);
  }, []);
  const onKeyDown = useCallback((event: KeyboardEvent) => {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    if (!event.repeat) setHeld(true);
  }, []);
  const onKeyUp = useCallback((event: KeyboardEvent) => {
    if (event.key === ' ' || event.key === 'Enter') setHeld(false);
  }, []);
  const onContextMenu = useCallback((event: { preventDefault: () => void }) => event.preventDefault(), []);

  return {
    held,
    handlers: {
      onPointerDown,
      onPointerUp: release,
      onPointerCancel: release,
      onLostPointerCapture: release,
      onKeyDown,
      onKeyUp,
      onBlur: release,
      onContextMenu,
    },
  };
}

/** Runs `work` about every `periodMs` while `active`, never more than `atOnce` unanswered ones. */
export function useRepeated(
  active: boolean,
  periodMs: number,
  atOnce: number,
  work: () => Promise<void>,
): void {
  const latest = useRef(work);
  useEffect(() => {
    latest.current = work;
  }, [work]);
  useEffect(() => {
    if (!active) return;
    let pending = 0;
    const tick = () => {
      if (pending >= atOnce) return;
      pending += 1;
      void latest.current().finally(() => {
        pending -= 1;
      });
    };
    tick();
    const timer = setInterval(tick, periodMs);
    return () => clearInterval(timer);
  }, [active, periodMs, atOnce]);
}
