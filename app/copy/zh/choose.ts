import type { Catalogue } from '../catalogue.ts';
import type { choose as english } from '../en/choose.ts';

export const choose: Catalogue<typeof english> = {
  title: 'choose',
};
