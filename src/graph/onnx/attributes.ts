import { EngineError } from '../../core/errors.ts';
import type { Attribute, Attributes, Graph } from '../model/ir.ts';
import type { OnnxAttribute, OnnxGraph } from './proto.ts';
import { dataType, type ExternalData, tensorData } from './tensors.ts';

/** Attributes that hold the number of an element type; in the IR they hold its name. */
export const TYPE_ATTRIBUTES = new Set(['to', 'dtype', 'output_datatype', 'output_dtype']);

/** Decodes attributes; `convert` turns bodies into graphs. */
export function decodeAttributes(
  attributes: readonly OnnxAttribute[],
  external: ExternalData,
  convert: (graph: OnnxGraph) => Graph,
): Attributes {
  const entries = attributes.map((attribute): [string, Attribute] => [
    attribute.name,
    decode(attribute, external, convert),
  ]);
  return Object.fromEntries(entries);
}

/** `AttributeProto.AttributeType` by number; 0 in files of the first version of the format. */
function decode(
  attribute: OnnxAttribute,
  external: ExternalData,
  convert: (graph: OnnxGraph) => Graph,
): Attribute {
  const { name } = attribute;
  switch (attribute.type || guessType(attribute)) {
    case 1:
      return attribute.float;
    case 2:
      return TYPE_ATTRIBUTES.has(name) && attribute.int !== 0 ? dataType(attribute.int) : attribute.int;
    case 3:
      return attribute.text;
    case 4:
      if (attribute.tensor !== null) return tensorData(attribute.tensor, external);
      break;
    case 5:
      if (attribute.graph !== null) return convert(attribute.graph);
      break;
    case 6:
      return floatsOf(attribute.floats);
    case 7:
      return attribute.ints;
    case 8:
      return attribute.texts;
    case 13:
      // The type of a sequence or an optional; values carry theirs.
      return '';
    case 10:
      return attribute.graphs.map(convert);
    default:
  }
  throw new EngineError('model-unsupported', `The attribute "${name}" has a type that is not supported.`, {
    attribute: name,
  });
}

function guessType(attribute: OnnxAttribute): number {
  if (attribute.tensor !== null) return 4;
  if (attribute.graph !== null) return 5;
  if (attribute.floats.length > 0) return 6;
  if (attribute.ints.length > 0) return 7;
  if (attribute.texts.length > 0) return 8;
  if (attribute.text !== '') return 3;
  return attribute.float === 0 ? 2 : 1;
}

function floatsOf(pieces: readonly Uint8Array[]): number[] {
  return pieces.flatMap((piece) => {
    const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
    return Array.from({ length: Math.floor(piece.byteLength / 4) }, (_, i) => view.getFloat32(i * 4, true));
  });
}
