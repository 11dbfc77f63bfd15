/** @file Lines that a tokenizer is tried on: the same at every run. */
import { createRng } from '../../src/core/rng.ts';

/** What people type, and what breaks readers of text. */
export const HARD_LINES: readonly string[] = [
  '',
  ' ',
  '   two  spaces  ',
  'Hello, world!',
  "I don't know, it's the best film I've ever seen.",
  'ALL CAPITALS AND lower, MiXeD',
  'www.example.org/path?query=1&other=2#part',
  '3.14159 1,000,000 12:30 2026-11-27 £5 €7 50%',
  'tab\tand\nnew line\r\n',
  '\u00a0no-break\u2003em\u200bzero-width',
  '😀',
  '👩‍👩‍👧‍👦 family 🏳️‍🌈',
  'naïve café Zürich ångström',
  'cafe\u0301 decomposed',
  'ﬁligree ½ ﷺ ①②③ ｆｕｌｌ',
  '我喜欢这部电影',
  'これはとても良い映画です',
  'Это хороший фильм',
  'هذا فيلم جيد',
  '\u202eright to left\u202c and \u200fmarks\u200e',
  '\ud800 lone high',
  'lone low \udc00',
  '▁▁ the piece of a space ▁',
  '<s> </s> � extra_token_id_1',
  'a'.repeat(300),
  'xyzzyqqq zzzzkkkk bcdfghjkl',
  '__proto__ constructor toString',
];

/** Lines of pieces and of symbols from all over Unicode, drawn with a seed. */
export function drawnLines(vocabulary: readonly (readonly [string, number])[], count: number): string[] {
  const rng = createRng(20261127);
  const ranges = [0x7f, 0x24f, 0x4ff, 0x2fff, 0x9fff, 0x1faff];
  const part = (): string => {
    const kind = rng.below(10);
    if (kind < 7)
      return (vocabulary[6 + rng.below(vocabulary.length - 6)]?.[0] ?? '').replaceAll('\u2581', ' ');
    if (kind < 8) return String.fromCodePoint(32 + rng.below(95));
    if (kind < 9) return ' ';
    return String.fromCodePoint(1 + rng.below(ranges[rng.below(ranges.length)] ?? 1));
  };
  return Array.from({ length: count }, () => Array.from({ length: 1 + rng.below(40) }, part).join(''));
}
