/** @file Weights that a file holds in few bits become floats at import: so they can be trained, and are unpacked once. */
import type { EngineError } from '../../core/errors.ts';
import { type GraphBuilder, type SourceNode } from '../importing/builder.ts';
import { unsupported } from '../importing/errors.ts';
import type { Parameter } from '../model/ir.ts';
import { sizeOf, toNumbers } from '../model/tensor-data.ts';
import { onlyComputed } from '../ops/refusals.ts';

/** `DequantizeLinear` of constants: the result is a parameter under the name of the output. */
export function dequantize(node: SourceNode, builder: GraphBuilder): void {
  const [x, scale, zero] = node.inputs.map((name) => builder.parameter(name));
  const whole =
    x !== undefined && scale !== undefined && (zero !== undefined || (node.inputs[2] ?? null) === null);
  if (!whole) {
    builder.node(node, node.op, node.inputs, node.outputs, node.attributes);
    return;
  }
  if (zero !== undefined && sizeOf(zero.shape) !== sizeOf(scale.shape)) {
    throw unsupported(node, `has ${sizeOf(zero.shape)} zero points for ${sizeOf(scale.shape)} scales`);
  }
  const scaleAt = scalePositions(node, x, scale);
  const scales = toNumbers(scale);
  const zeros = zero === undefined ? null : toNumbers(zero);
  const data = Float32Array.from(toNumbers(x), (value, i) => {
    const at = scaleAt(i);
    return (value - (zeros?.[at] ?? 0)) * (scales[at] as number);
  });
  builder.addParameter(node.outputs[0] ?? '', { dtype: 'float32', shape: x.shape, data }, 'weight');
}

/** Which scale belongs to an element: one for all, one for each index of an axis, or one for each block of an axis. */
function scalePositions(node: SourceNode, x: Parameter, scale: Parameter): (element: number) => number {
  if (sizeOf(scale.shape) === 1) return () => 0;
  const given = typeof node.attributes['axis'] === 'number' ? node.attributes['axis'] : 1;
  const axis = given < 0 ? given + x.shape.length : given;
  const size = x.shape[axis];
  if (size === undefined) throw unsupported(node, `has no axis ${given}`);
  const inner = sizeOf(x.shape.slice(axis + 1));
  if (scale.shape.length === 1) {
    if (sizeOf(scale.shape) !== size) throw notCovered(node, x, scale);
    return (element) => Math.floor(element / inner) % size;
  }
  const block = Number(node.attributes['block_size'] ?? 0);
  const blocks = scale.shape[axis] ?? 0;
  const fits = x.shape.every((length, i) =>
    i === axis ? blocks * block >= length : scale.shape[i] === length,
  );
  if (block < 1 || !fits || scale.shape.length !== x.shape.length) throw notCovered(node, x, scale);
  return (element) => {
    const outer = Math.floor(element / (inner * size));
    const at = Math.floor(element / inner) % size;
    return (outer * blocks + Math.floor(at / block)) * inner + (element % inner);
  };
}

function notCovered(node: SourceNode, x: Parameter, scale: Parameter): EngineError {
  return unsupported(
    node,
    `has scales [${scale.shape.join()}] that do not cover its weights [${x.shape.join()}]`,
  );
}

/** How exact a kernel shall be (`accuracy_level`) says nothing here: products are in single precision. */
const refuseBits = onlyComputed({
  attributes: ['K', 'N', 'bits', 'block_size', 'accuracy_level'],
  inputs: 6,
});

/**
 * `com.microsoft:MatMulNBits` as a product with floats.
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.MatMulNBits.
 */
export function matMulBits(node: SourceNode, builder: GraphBuilder): void {
  const refusal = refuseBits(node);
  if (refusal !== null) throw unsupported(node, `${refusal}, which is not supported`);
  const [x = null, packed = null, , , order = null, bias = null] = node.inputs;
  const [codes, scales] = [builder.parameter(packed), builder.parameter(node.inputs[2])];
  const zeros = builder.parameter(node.inputs[3]);
  if (packed === null || codes === undefined || scales === undefined) {
    throw unsupported(node, 'has weights that are not constant');
  }
  if (zeros === undefined && (node.inputs[3] ?? null) !== null)
    throw unsupported(node, 'has zero points that are not constant');
  if (order !== null) throw unsupported(node, 'has an order of its groups, which is not supported');
  const data = { dtype: 'float32' as const, ...unpackedWeights(node, codes, scales, zeros) };
  let weight = packed;
  if (builder.isUsedOnce(packed)) builder.replaceParameter(packed, data, 'weight');
  else {
    weight = builder.fresh(packed);
    builder.addParameter(weight, data, 'weight');
  }
  const output = node.outputs[0] ?? '';
  const product = bias === null ? output : builder.fresh(output);
  builder.node(node, 'MatMul', [x, weight], [product]);
  if (bias !== null) builder.node({ name: `${node.name}/bias` }, 'Add', [product, bias], [output]);
}

/** Weights `[K, N]`; the file has them as `[N, blocks, bytes]`, the lowest bits of a byte first. */
function unpackedWeights(
  node: SourceNode,
  codes: Parameter,
  scales: Parameter,
  zeros: Parameter | undefined,
) {
  const option = (name: string, otherwise: number) => Number(node.attributes[name] ?? otherwise);
  const [k, n, bits] = [option('K', 0), option('N', 0), option('bits', 4)];
  const block = option('block_size', 32);
  const blocks = Math.ceil(k / block);
  const blockBytes = Math.ceil((block * bits) / 8);
  const isSound = [2, 4, 8].includes(bits) && k > 0 && n > 0 && block > 0;
  if (!isSound || sizeOf(codes.shape) !== n * blocks * blockBytes || sizeOf(scales.shape) !== n * blocks) {
    throw unsupported(node, `has weights of ${bits} bits that do not fill [${k}, ${n}]`);
  }
  const [bytes, factors] = [toNumbers(codes), toNumbers(scales)];
  const packed = zeros?.dtype === 'uint8';
  const zeroCount = n * (packed ? Math.ceil((blocks * bits) / 8) : blocks);
  if (zeros !== undefined && sizeOf(zeros.shape) !== zeroCount) {
    throw unsupported(node, `has ${sizeOf(zeros.shape)} zero points in place of ${zeroCount}`);
  }
  const zeroOf = zeroPoints(zeros, bits, blocks);
  const data = new Float32Array(k * n);
  for (let column = 0; column < n; column++) {
    for (let row = 0; row < k; row++) {
      const group = column * blocks + Math.floor(row / block);
      const code = codeAt(bytes, group * blockBytes, row % block, bits);
      const zero = zeroOf(column, Math.floor(row / block));
      data[row * n + column] = (code - zero) * (factors[group] as number);
    }
  }
  return { shape: [k, n], data };
}

/** Packed like the weights, each row from a byte of its own; or plain floats; in the middle if there are none. */
function zeroPoints(zeros: Parameter | undefined, bits: number, blocks: number) {
  if (zeros === undefined) return () => 2 ** (bits - 1);
  const numbers = toNumbers(zeros);
  if (zeros.dtype !== 'uint8') return (row: number, at: number) => numbers[row * blocks + at] as number;
  const rowBytes = Math.ceil((blocks * bits) / 8);
  return (row: number, at: number) => codeAt(numbers, row * rowBytes, at, bits);
}

function codeAt(bytes: Float64Array, start: number, index: number, bits: number): number {
  const perByte = 8 / bits;
  const byte = bytes[start + Math.floor(index / perByte)] ?? 0;
  return (byte >> (bits * (index % perByte))) & (2 ** bits - 1);
}
