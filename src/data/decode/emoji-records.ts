/** @file The glyphs of the sample set, 60 of each class. All are in the bundled font (a test draws each of them). */

const VARIATION = '\ufe0f';

/** Splits a line of glyphs; those that are text by default carry a variation selector and stay whole. */
const glyphs = (line: string): readonly string[] =>
  Array.from(new Intl.Segmenter().segment(line), ({ segment }) => segment);

/** In the order of the class names of the call: animals, food, vehicles, faces. */
export const SAMPLE_SET_GLYPHS: readonly (readonly string[])[] = [
  glyphs(
    '🐀🐁🐂🐃🐄🐅🐆🐇🐈🐉🐊🐋🐌🐍🐎🐏🐐🐑🐒🐓🐔🐕🐖🐗🐘🐙🐛🐜🐝🐞' +
      '🐟🐠🐡🐢🐣🐦🐧🐨🐩🐪🐫🐬🐳🐸🐺🐻🐼🦀🦂🦃🦅🦆🦇🦈🦉🦊🦋🦌🦍🦎',
  ),
  glyphs(
    '🍅🍆🍇🍈🍉🍊🍋🍌🍍🍎🍐🍑🍒🍓🍔🍕🍖🍗🍘🍙🍚🍛🍜🍝🍞🍟🍠🍡🍢🍣' +
      '🍤🍥🍦🍧🍨🍩🍪🍫🍬🍭🍮🍯🍰🍱🍲🍳🍿🥐🥑🥒🥓🥔🥕🥖🥗🥘🥝🥞🧀🌮',
  ),
  glyphs(
    '🚀🚁🚂🚃🚄🚅🚆🚇🚈🚉🚊🚋🚌🚍🚎🚐🚑🚒🚓🚔🚕🚖🚗🚘🚙🚚🚛🚜🚝🚞' +
      `🚟🚠🚡🚢🚣🚤🚲🚴🚵🛫🛬🛴🛵🛶🛷🛸🛹🛺🛻🛼🦼🦽🪂⛵` +
      ['✈', '⛴', '🛥', '🛩', '🏍', '🏎'].map((glyph) => glyph + VARIATION).join(''),
  ),
  glyphs(
    '😀😁😂😃😄😅😆😇😈😉😊😋😌😍😎😏😐😑😒😓😔😕😖😗😘😙😚😛😜😝' +
      '😞😟😠😡😢😣😤😥😨😩😪😫😬😭😮😰😱😲😳😴😵😷🙁🙂🙃🙄🤐🤒🤓🤔',
  ),
];
