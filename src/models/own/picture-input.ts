import { EngineError } from '../../core/errors.ts';
import { INPUT_SIDES, type ModelFormat, type ValueFact } from '../../core/own-model.ts';
import type { DataType, Dimension, Graph, ValueInfo } from '../../graph/model/ir.ts';
import { isFloat } from '../../graph/model/tensor-data.ts';

/** The one input of a network that takes pictures. */
export interface PictureInput {
  readonly name: string;
  readonly dtype: DataType;
  /** `[N, 3, H, W]`. */
  readonly channelsFirst: boolean;
  /** Side that the network insists on, px; `null` where it is left open. */
  readonly fixedSize: number | null;
}

/**
 * The input that pictures go into.
 * @throws {EngineError} `model-text` for networks that read words; `model-no-pictures` (detail: input) for others that
 * do not take square pictures of three channels.
 */
export function pictureInput(graph: Graph, format: ModelFormat): PictureInput {
  const [input, ...more] = graph.inputs;
  if (graph.inputs.some(isWords)) {
    throw new EngineError('model-text', `It reads words: ${described(graph.inputs)}.`, {
      input: described(graph.inputs),
    });
  }
  if (input === undefined || more.length > 0) throw noPictures(graph.inputs);
  const found = layoutOf(input.shape, format === 'onnx');
  if (found === null || input.dtype === 'string' || input.dtype === 'bool') throw noPictures(graph.inputs);
  return { name: input.name, dtype: input.dtype, ...found };
}

/** Integers along one axis or two: positions in a vocabulary. */
function isWords({ dtype, shape }: ValueInfo): boolean {
  return dtype === 'string' || (!isFloat(dtype) && shape !== null && shape.length >= 1 && shape.length <= 2);
}

function layoutOf(
  shape: readonly Dimension[] | null,
  firstIsUsual: boolean,
): Pick<PictureInput, 'channelsFirst' | 'fixedSize'> | null {
  if (shape === null) return { channelsFirst: firstIsUsual, fixedSize: null };
  if (shape.length !== 4) return null;
  const [, second, third, last] = shape;
  const isOpen = (size: Dimension | undefined) => typeof size !== 'number' || size <= 0;
  const channelsFirst =
    second === 3 ? !(last === 3 && !firstIsUsual) : isOpen(second) && last !== 3 && firstIsUsual;
  const channels = channelsFirst ? second : last;
  const [height, width] = channelsFirst ? [third, last] : [second, third];
  if (channels !== 3 && !isOpen(channels)) return null;
  if (isOpen(height) && isOpen(width)) return { channelsFirst, fixedSize: null };
  const side = isOpen(height) ? width : height;
  if (!isOpen(width) && side !== width) return null;
  if (typeof side !== 'number' || side < INPUT_SIDES.min || side > INPUT_SIDES.max) return null;
  return { channelsFirst, fixedSize: side };
}

function noPictures(inputs: readonly ValueInfo[]): EngineError {
  const input = described(inputs);
  return new EngineError('model-no-pictures', `It takes ${input || 'nothing'}.`, { input });
}

/** `pixels float32 [N, 3, 224, 224]`. */
export function described(values: readonly ValueFact[] | readonly ValueInfo[]): string {
  return values
    .slice(0, 6)
    .map((value) => `${value.name} ${'dtype' in value ? value.dtype : value.type} ${shapeText(value.shape)}`)
    .join(', ');
}

function shapeText(shape: readonly Dimension[] | null): string {
  return shape === null ? '[?]' : `[${shape.map((size) => size ?? '?').join(', ')}]`;
}
