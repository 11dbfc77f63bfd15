import { useEffect } from 'react';

/** Row heights are cached by the virtualiser: forget them when the cells change their size. */
export function useRemeasure(virtual: { readonly measure: () => void }, cell: number): void {
  useEffect(() => {
    virtual.measure();
  }, [virtual, cell]);
}
