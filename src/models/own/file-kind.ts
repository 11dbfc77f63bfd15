/** @file What a file is, by its first bytes: names and endings are not trusted. */

/** Kinds of files that tell a model, or that are told apart because people bring them for one. */
export type FileKind =
  | { readonly kind: 'onnx' | 'json' | 'zip' | 'web-page' | 'pointer' | 'other' }
  /** A model of a format that cannot be read here. */
  | { readonly kind: 'foreign'; readonly format: string };

/** Bytes that {@link fileKind} looks at. */
export const HEAD_BYTES = 4096;

/** Fields of `ModelProto` (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3) and how each is encoded: 0 or 2. */
const ONNX_FIELDS: Readonly<Record<number, number>> = {
  1: 0,
  2: 2,
  3: 2,
  4: 2,
  5: 0,
  6: 2,
  7: 2,
  8: 2,
  14: 2,
  20: 2,
  25: 2,
  26: 2,
};
const GRAPH_FIELD = 7;

/** @param head The first {@link HEAD_BYTES} of the file, or all of it. */
export function fileKind(head: Uint8Array): FileKind {
  const text = String.fromCharCode(...head.subarray(0, 256));
  const starts = (prefix: string, at = 0) => text.startsWith(prefix, at);
  if (starts('PK\u0003\u0004') || starts('PK\u0005\u0006')) return { kind: 'zip' };
  if (starts('version https://git-lfs')) return { kind: 'pointer' };
  if (/^\s*(\u00ef\u00bb\u00bf)?\s*<(!doctype|html|head|\?xml)/i.test(text)) return { kind: 'web-page' };
  if (/^(\u00ef\u00bb\u00bf)?\s*\{/.test(text)) return { kind: 'json' };
  if (starts('\u0089HDF')) return { kind: 'foreign', format: 'Keras (HDF5)' };
  if (starts('TFL3', 4)) return { kind: 'foreign', format: 'TensorFlow Lite' };
  if (starts('GGUF')) return { kind: 'foreign', format: 'GGUF' };
  if (head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 9) <= 5)
    return { kind: 'foreign', format: 'PyTorch' };
  if (isSafetensors(head)) return { kind: 'foreign', format: 'safetensors' };
  return { kind: isOnnx(head) ? 'onnx' : 'other' };
}

/** Length of a JSON header (8 bytes, little endian), then its brace. */
function isSafetensors(head: Uint8Array): boolean {
  return head.length > 8 && head[8] === 0x7b && head.subarray(4, 8).every((byte) => byte === 0);
}

/** Walks the outermost fields up to the graph; the file may be cut behind its head. */
function isOnnx(head: Uint8Array): boolean {
  let at = 0;
  let fields = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = head[at++];
      if (byte === undefined) return NaN;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return NaN;
  };
  while (at < head.length) {
    const key = varint();
    const field = Math.floor(key / 8);
    if (ONNX_FIELDS[field] !== key % 8) return false;
    fields += 1;
    const value = varint();
    if (Number.isNaN(value)) return fields > 1;
    if (field === GRAPH_FIELD) return true;
    if (key % 8 === 2) at += value;
  }
  // The head ended within a long field before the graph: metadata that nobody writes at this length.
  return false;
}
