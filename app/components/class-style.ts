/** How a class is shown everywhere: a colour, a letter, and from the ninth class on a pattern over the colour. */
export interface ClassStyle {
  readonly colour: string;
  /** Ink that can be read on the colour (4.5:1 or more). */
  readonly ink: string;
  /** A, B, ... Z, A1, B1, ... */
  readonly letter: string;
  readonly pattern: 'plain' | 'stripes' | 'dots';
  /** CSS `background` with colour and pattern. */
  readonly background: string;
}

/** Colour-blind safe. Source: Okabe and Ito, "Color Universal Design", 2008; black is left out, grey is in. */
const OKABE_ITO: readonly { readonly colour: string; readonly ink: string }[] = [
  { colour: '#0072b2', ink: '#ffffff' },
  { colour: '#e69f00', ink: '#17211b' },
  { colour: '#009e73', ink: '#0b130e' },
  { colour: '#cc79a7', ink: '#17211b' },
  { colour: '#56b4e9', ink: '#17211b' },
  { colour: '#d55e00', ink: '#0b130e' },
  { colour: '#f0e442', ink: '#17211b' },
  { colour: '#9a9a9a', ink: '#17211b' },
];
const PATTERNS = ['plain', 'stripes', 'dots'] as const;

/** The style of the class at an index of the project's class order. */
export function classStyle(index: number): ClassStyle {
  const { colour, ink } = OKABE_ITO[index % OKABE_ITO.length] ?? { colour: '#9a9a9a', ink: '#17211b' };
  const pattern = PATTERNS[Math.floor(index / OKABE_ITO.length) % PATTERNS.length] ?? 'plain';
  const round = Math.floor(index / 26);
  const letter = String.fromCharCode(65 + (index % 26)) + (round === 0 ? '' : String(round));
  return { colour, ink, letter, pattern, background: background(colour, pattern) };
}

function background(colour: string, pattern: ClassStyle['pattern']): string {
  const mark = 'rgb(255 255 255 / 38%)';
  if (pattern === 'stripes') {
    return `repeating-linear-gradient(45deg, ${mark} 0 3px, transparent 3px 7px) ${colour}`;
  }
  if (pattern === 'dots') return `radial-gradient(${mark} 1.6px, transparent 1.8px) 0 0 / 6px 6px ${colour}`;
  return colour;
}
