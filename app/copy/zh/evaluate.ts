import type { Catalogue } from '../catalogue.ts';
import type { evaluate as english } from '../en/evaluate.ts';

export const evaluate: Catalogue<typeof english> = {
  title: 'evaluate',
};
