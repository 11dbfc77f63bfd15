/** @file What a trunk reads of a text. */
import { inputLength, type TrunkInput } from '../../core/trunk-input.ts';
import { otherInput } from '../kinds/other-input.ts';
import { createUnigramTokenizer, type Piece, type Tokenizer } from './unigram-tokenizer.ts';

/** Built once for each model; the vocabulary is compared as one string, which is fast. */
let known: { readonly vocabulary: string; readonly tokenizer: Tokenizer } | null = null;

/**
 * The pieces that a trunk reads of a text: the first ones of a long text.
 * @throws {EngineError} `model-unsupported` if it takes no texts.
 */
export function piecesRead(content: string, input: TrunkInput): Piece[] {
  if (input.kind !== 'tokens') throw otherInput('text', input);
  const { vocabulary, length } = input;
  if (known?.vocabulary !== vocabulary) {
    const scored = JSON.parse(vocabulary) as readonly (readonly [string, number])[];
    known = { vocabulary, tokenizer: createUnigramTokenizer(scored) };
  }
  return known.tokenizer.pieces(content).slice(0, length);
}

/** Pieces as the trunk takes them. Shape: `inputShape(input)`. */
export function rowOf(pieces: readonly Piece[], input: TrunkInput): Float32Array<ArrayBuffer> {
  const row = new Float32Array(inputLength(input));
  for (const [at, { id }] of pieces.entries()) row[at] = id + 1;
  return row;
}
