/** @file What a trunk takes for one sample: one row for each kind, so that nobody else needs to know them apart. */
import { decodeFloat16, encodeFloat16 } from './float16.ts';

/**
 * Pixels 0..255 of a square picture, RGB; or frames of the logarithmic mel spectrum of a sound, 100 a second; or the
 * pieces of a text, each one more than its id, then 0.
 */
export type TrunkInput =
  | { readonly kind: 'pixels'; readonly size: number }
  | { readonly kind: 'mel'; readonly frames: number }
  | {
      readonly kind: 'tokens';
      readonly length: number;
      /** The model whose pieces they are. */
      readonly model: string;
      /** Its pieces with their scores, as JSON: a worker is handed one text faster than thousands of pairs. */
      readonly vocabulary: string;
    };

export type InputKind = TrunkInput['kind'];

/** The values of one sample. */
export type InputValues = Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

/** Bands of a mel spectrum. */
export const MEL_BANDS = 32;

interface InputRow<T extends TrunkInput> {
  /** Shape of one sample. */
  readonly shape: (input: T) => readonly number[];
  /** Equal for trunks that take the same values. */
  readonly key: (input: T) => string;
  /** To bytes that can be kept, and back. */
  readonly pack: (values: InputValues) => Uint8Array<ArrayBuffer>;
  readonly unpack: (bytes: Uint8Array<ArrayBuffer>) => InputValues;
  /** A sample to try a network on and to time it with: no picture in particular, a sentence of usual length. */
  readonly example: (input: T) => Float32Array<ArrayBuffer>;
  /** How much of a sample the network works on, where that varies: a batch costs what its longest sample costs. */
  readonly used?: (values: InputValues) => number;
}

/** Any value that is neither black nor silent nor no piece. */
const SOMETHING = 100;
/** Pieces of a usual sentence. */
const USUAL_PIECES = 20;

const ROWS: { readonly [K in InputKind]: InputRow<Extract<TrunkInput, { readonly kind: K }>> } = {
  pixels: {
    shape: ({ size }) => [size, size, 3],
    key: ({ size }) => `px${size}`,
    pack: (values) => (values instanceof Uint8Array ? values : Uint8Array.from(values)),
    unpack: (bytes) => bytes,
    example: (input) => new Float32Array(inputLength(input)).fill(SOMETHING),
  },
  mel: {
    shape: ({ frames }) => [frames, MEL_BANDS, 1],
    key: ({ frames }) => `mel${frames}`,
    pack: (values) => encodeFloat16(Float32Array.from(values)),
    unpack: (bytes) => Float32Array.from(decodeFloat16(bytes)),
    example: (input) => new Float32Array(inputLength(input)).fill(SOMETHING),
  },
  tokens: {
    shape: ({ length }) => [length],
    key: ({ length, model }) => `tokens${length}-${model}`,
    pack: (values) => new Uint8Array(Uint16Array.from(values).buffer),
    unpack: (bytes) => Float32Array.from(new Uint16Array(bytes.slice().buffer)),
    example: ({ length }) => new Float32Array(length).fill(SOMETHING, 0, USUAL_PIECES),
    used: (values) => {
      const end = values.indexOf(0);
      return end === -1 ? values.length : end;
    },
  },
};

const rowOf = (input: TrunkInput): InputRow<TrunkInput> => ROWS[input.kind] as InputRow<TrunkInput>;

/** Shape of one sample, without the batch. */
export const inputShape = (input: TrunkInput): readonly number[] => rowOf(input).shape(input);
/** Numbers of one sample. */
export const inputLength = (input: TrunkInput): number => inputShape(input).reduce((a, b) => a * b, 1);
/** A name that is equal for trunks that take the same values. */
export const inputKey = (input: TrunkInput): string => rowOf(input).key(input);
/** A sample to try a network on. Shape: {@link inputShape}, row by row. */
export const inputExample = (input: TrunkInput): Float32Array<ArrayBuffer> => rowOf(input).example(input);
/** Whether the network works on more of one sample than of another. */
export const isUnequal = (input: TrunkInput): boolean => rowOf(input).used !== undefined;
/** How much of a sample the network works on. */
export const inputUsed = (input: TrunkInput, values: InputValues): number =>
  rowOf(input).used?.(values) ?? values.length;
/** Values as bytes to keep. */
export const packInput = (input: TrunkInput, values: InputValues): Uint8Array<ArrayBuffer> =>
  rowOf(input).pack(values);
/** The inverse of {@link packInput}. */
export const unpackInput = (input: TrunkInput, bytes: Uint8Array<ArrayBuffer>): InputValues =>
  rowOf(input).unpack(bytes);
