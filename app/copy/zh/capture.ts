import type { Catalogue } from '../catalogue.ts';
import type { capture as english } from '../en/capture.ts';

export const capture: Catalogue<typeof english> = {
  title: 'capture',
};
