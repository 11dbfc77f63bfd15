import type { LeafKey } from './catalogue.ts';
import type { English } from './en/index.ts';

/** A key of any catalogue with its name space, e.g. `errors:offline`. */
export type MessageKey = { [N in keyof English]: `${N}:${LeafKey<English[N]>}` }[keyof English];
