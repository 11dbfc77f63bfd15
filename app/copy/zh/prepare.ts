import type { Catalogue } from '../catalogue.ts';
import type { prepare as english } from '../en/prepare.ts';

export const prepare: Catalogue<typeof english> = {
  title: 'prepare',
};
