import { useEffect, useRef, type RefObject } from 'react';

/**
 * Keeps the keyboard's place in a region whose content is exchanged: where the control that was pressed goes with it, the
 * region takes the focus, and Tab goes on to what is new.
 * @param content Equal as long as the content is the same.
 * @returns For the region, which needs `tabIndex={-1}`.
 */
export function useHeldFocus<T extends HTMLElement>(content: unknown): RefObject<T | null> {
  const region = useRef<T>(null);
  const before = useRef(content);
  useEffect(() => {
    const isExchanged = before.current !== content;
    before.current = content;
    if (isExchanged && document.activeElement === document.body)
      region.current?.focus({ preventScroll: true });
  }, [content]);
  return region;
}
