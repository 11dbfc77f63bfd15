import { useEffect, useRef, useState, type RefObject } from 'react';

/**
 * Whether an element is in view of the step's scroll area, or within a screen of it. With `forGood`, it stays so once
 * it has been.
 */
export function useNear<T extends Element>(
  forGood = false,
): { readonly ref: RefObject<T | null>; readonly near: boolean } {
  const ref = useRef<T>(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (ref.current === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const seen = entries.at(-1)?.isIntersecting === true;
        setNear(seen);
        if (seen && forGood) observer.disconnect();
      },
      // A margin counts only around the area that scrolls.
      { root: ref.current.closest('main'), rootMargin: '100% 0px' },
    );
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, [forGood]);
  return { ref, near };
}
