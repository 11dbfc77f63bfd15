import { EngineError } from '../../core/errors.ts';
import type { DataType, TensorData } from '../model/ir.ts';
import { TYPE_CODES } from './tensors.ts';
import { MessageWriter } from './write-message.ts';

const encoder = new TextEncoder();

/** `TensorProto`: the elements as raw bytes (little-endian, as every machine that runs this), texts one by one. */
export function tensorMessage(tensor: TensorData, name = ''): MessageWriter {
  const message = new MessageWriter();
  for (const size of tensor.shape) message.integer(1, size);
  message.integer(2, typeCode(tensor.dtype));
  if (name !== '') message.text(8, name);
  if (tensor.dtype === 'string') {
    for (const text of tensor.data as readonly string[]) message.bytes(6, encoder.encode(text));
  } else message.bytes(9, rawBytes(tensor));
  return message;
}

/** The number of an element type in the file. */
export function typeCode(dtype: DataType): number {
  const code = TYPE_CODES.get(dtype);
  if (code === undefined)
    throw new EngineError('model-unsupported', `ONNX has no elements of type ${dtype}.`);
  return code;
}

function rawBytes({ dtype, data }: TensorData): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = data as Uint8Array<ArrayBuffer>;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return dtype === 'int4' || dtype === 'uint4' ? packed(bytes) : bytes;
}

/** Two 4-bit elements a byte, the first in the lower half. */
function packed(elements: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: Math.ceil(elements.length / 2) }, (_, i) => {
    const [low, high] = [elements[2 * i] as number, elements[2 * i + 1] ?? 0];
    return (low & 15) | ((high & 15) << 4);
  });
}
