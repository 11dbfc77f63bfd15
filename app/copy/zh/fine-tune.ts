import type { Catalogue } from '../catalogue.ts';
import type { fineTune as english } from '../en/fine-tune.ts';

export const fineTune: Catalogue<typeof english> = {
  title: 'fineTune',
};
