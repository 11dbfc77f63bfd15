import { useEffect, useRef, useState } from 'react';
import { takeDrop, type DroppedItems } from './walk-drop.ts';

/** Elements that take a drop themselves carry this attribute; the page leaves such drops to them. */
export const OWN_DROP_ATTRIBUTE = 'data-own-drop';

/**
 * Files dragged over and dropped anywhere on the page. Returns whether files hang over the page now. A drop never makes
 * the browser leave the page.
 */
export function usePageDrop(onDrop: ((dropped: DroppedItems) => void) | null): boolean {
  const [over, setOver] = useState(false);
  const handler = useRef(onDrop);
  useEffect(() => {
    handler.current = onDrop;
  }, [onDrop]);

  useEffect(() => {
    // Enter and leave fire for every element on the way: the page is left when they balance.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const hover = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      // Nothing takes it: `useKeepPage` refuses.
      if (handler.current === null) return;
      event.preventDefault();
      // `useKeepPage` may have heard of it first, and refused.
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
      // The files may have come in before this step was there to see it.
      depth = Math.max(1, depth);
      setOver(true);
    };
    // Caught on its way down: what takes the drop may stop it from coming back up.
    const end = () => {
      depth = 0;
      setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      const owned = event.target instanceof Element && event.target.closest(`[${OWN_DROP_ATTRIBUTE}]`);
      if (!owned && event.dataTransfer !== null) handler.current?.(takeDrop(event.dataTransfer));
    };
    addEventListener('dragenter', enter);
    addEventListener('dragleave', leave);
    addEventListener('dragover', hover);
    addEventListener('drop', end, true);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('drop', end, true);
      removeEventListener('dragenter', enter);
      removeEventListener('dragleave', leave);
      removeEventListener('dragover', hover);
      removeEventListener('drop', drop);
    };
  }, []);

  return over && onDrop !== null;
}

/** Whether a drag carries files (and not, say, a selected text). */
export function hasFiles(event: { readonly dataTransfer: DataTransfer | null }): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}
