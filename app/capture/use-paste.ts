import { useEffect } from 'react';

/** Pictures pasted anywhere but into a text field. */
export function usePaste(onPaste: ((files: readonly File[]) => void) | null): void {
  useEffect(() => {
    if (onPaste === null) return;
    const paste = (event: ClipboardEvent) => {
      if (isEditable(event.target)) return;
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      onPaste(files);
    };
    addEventListener('paste', paste);
    return () => {
      removeEventListener('paste', paste);
    };
  }, [onPaste]);
}

function isEditable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable="true"]');
}
