/** The piece that stands for a space, and for the beginning of a text: U+2581. */
const SPACE = '\u2581';

/** The pieces before this one are no text: unknown, beginning, end, and three spare ones. */
const RESERVED = 6;

/** What stands for a text that no piece covers; one for each run of such symbols. */
export const UNKNOWN = 0;

/** A piece of a text, and where it stands in the text (as NFKC), without the space that a piece may begin with. */
export interface Piece {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

export interface Tokenizer {
  /** Ids of the pieces of a text. Time and memory grow with the length of the text. */
  encode(text: string): number[];
  /** The same pieces with their places. */
  pieces(text: string): Piece[];
}

interface TrieNode {
  readonly children: Map<string, TrieNode>;
  /** The piece that ends here. */
  piece: { readonly id: number; readonly score: number } | null;
}

/**
 * Segments a text into the pieces of a SentencePiece unigram vocabulary whose scores (logarithms of probabilities) have
 * the largest sum. To the id what `@tensorflow-models/universal-sentence-encoder` 1.3.3 gives, which the models are fed
 * with: there an unknown symbol scores 0, a place that no piece ends at counts as a beginning, a sum of 0 is as good as
 * none, and a later piece wins a tie.
 * Source: T. Kudo, "Subword regularization" (2018), https://arxiv.org/abs/1804.10959.
 * @param vocabulary Piece and score, by id.
 */
export function createUnigramTokenizer(vocabulary: readonly (readonly [string, number])[]): Tokenizer {
  const root = trieOf(vocabulary);
  const pieces = (text: string): Piece[] => {
    const normalised = text.normalize('NFKC');
    if (normalised === '') return [];
    const symbols = Array.from(SPACE + normalised.replaceAll(' ', SPACE));
    return placed(backwards(bestPieces(symbols, root), vocabulary), symbols);
  };
  return { pieces, encode: (text) => pieces(text).map(({ id }) => id) };
}

function trieOf(vocabulary: readonly (readonly [string, number])[]): TrieNode {
  const root: TrieNode = { children: new Map(), piece: null };
  for (const [id, [text, score]] of vocabulary.entries()) {
    if (id < RESERVED) continue;
    let node = root;
    for (const symbol of text) {
      let next = node.children.get(symbol);
      if (next === undefined) node.children.set(symbol, (next = { children: new Map(), piece: null }));
      node = next;
    }
    node.piece = { id, score };
  }
  return root;
}

/** The last piece of the best way to each place between symbols. */
function bestPieces(symbols: readonly string[], root: TrieNode): Int32Array {
  const best = new Float64Array(symbols.length + 1);
  const last = new Int32Array(symbols.length + 1);
  const offer = (start: number, end: number, id: number, pieceScore: number) => {
    const score = pieceScore + (best[start] ?? 0);
    if (best[end] !== 0 && score < (best[end] ?? 0)) return;
    best[end] = score;
    last[end] = id;
  };
  for (let start = 0; start < symbols.length; start++) {
    let found = false;
    let node = root.children.get(symbols[start] ?? '');
    for (let end = start + 1; node !== undefined; end++) {
      if (node.piece !== null) offer(start, end, node.piece.id, node.piece.score);
      found ||= node.piece !== null;
      node = end < symbols.length ? node.children.get(symbols[end] ?? '') : undefined;
    }
    if (!found) offer(start, start + 1, UNKNOWN, 0);
  }
  return last;
}

/** Pieces by the symbols that they cover. */
function backwards(last: Int32Array, vocabulary: readonly (readonly [string, number])[]): Piece[] {
  const pieces: Piece[] = [];
  for (let at = last.length - 1; at > 0;) {
    const id = last[at] ?? UNKNOWN;
    // In UTF-16 units, as the reference steps.
    const start = Math.max(0, at - Math.max(1, vocabulary[id]?.[0].length ?? 1));
    const after = pieces.at(-1);
    if (id === UNKNOWN && after?.id === UNKNOWN) pieces[pieces.length - 1] = { ...after, start };
    else pieces.push({ id, start, end: at });
    at = start;
  }
  return pieces.reverse();
}

/** Places among symbols as places in the text, which has no space before it. */
function placed(pieces: readonly Piece[], symbols: readonly string[]): Piece[] {
  const offsets = new Uint32Array(symbols.length + 1);
  symbols.forEach((symbol, at) => (offsets[at + 1] = (offsets[at] ?? 0) + symbol.length));
  const offset = (at: number): number => Math.max(0, (offsets[at] ?? 0) - SPACE.length);
  return pieces.map(({ id, start, end }) => ({
    id,
    start: offset(symbols[start] === SPACE ? start + 1 : start),
    end: offset(end),
  }));
}
