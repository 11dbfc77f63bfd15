import type { SampleKind } from '../../core/tasks.ts';
import type { KindAdapter } from './kind.ts';
import { picture } from './picture.ts';
import { sound } from './sound.ts';
import { text } from './text.ts';

/** Every kind of sample. */
export const KINDS: Readonly<Record<SampleKind, KindAdapter>> = { picture, sound, text };
