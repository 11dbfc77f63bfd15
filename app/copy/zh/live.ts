import type { Catalogue } from '../catalogue.ts';
import type { live as english } from '../en/live.ts';

export const live: Catalogue<typeof english> = {
  title: 'live',
};
