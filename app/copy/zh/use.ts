import type { Catalogue } from '../catalogue.ts';
import type { use as english } from '../en/use.ts';

export const use: Catalogue<typeof english> = {
  title: 'use',
};
