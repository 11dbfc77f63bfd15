import type { SampleKind } from './tasks.ts';

/** The sets that come with the site: what their samples are, and their classes in the order in which names are given. */
export const SAMPLE_SETS = {
  emoji: { kind: 'picture', classes: ['animals', 'food', 'vehicles', 'faces'] },
  englishWords: {
    kind: 'sound',
    classes: ['forward', 'back', 'left', 'right', 'go', 'stop', 'yes', 'no'],
  },
  chineseWords: {
    kind: 'sound',
    classes: ['前进', '后退', '左转', '右转', '开始', '停止', '是的', '不是'],
  },
  reviews: { kind: 'text', classes: ['positive', 'neutral', 'negative'] },
  questions: { kind: 'text', classes: ['animals', 'space', 'body', 'cooking', 'computers'] },
} as const satisfies Record<string, { readonly kind: SampleKind; readonly classes: readonly string[] }>;

export type SampleSetId = keyof typeof SAMPLE_SETS;
