import type { ConformanceCase } from '../../src/testing/onnx/conformance-case.ts';

/** A case whose files are base64 text, as they travel into the page. */
export interface EncodedCase {
  readonly name: string;
  readonly model: string;
  readonly sets: readonly { readonly inputs: readonly string[]; readonly outputs: readonly string[] }[];
}

/** For Node. */
export function encodeCase({ name, model, sets }: ConformanceCase): EncodedCase {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return {
    name,
    model: text(model),
    sets: sets.map(({ inputs, outputs }) => ({ inputs: inputs.map(text), outputs: outputs.map(text) })),
  };
}

/** The inverse of {@link encodeCase}, in the page. */
export function decodeCase({ name, model, sets }: EncodedCase): ConformanceCase {
  const bytes = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return {
    name,
    model: bytes(model),
    sets: sets.map(({ inputs, outputs }) => ({ inputs: inputs.map(bytes), outputs: outputs.map(bytes) })),
  };
}
