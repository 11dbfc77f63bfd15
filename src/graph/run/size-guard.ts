/**
 * @file How many elements an operation is about to make, from its inputs and attributes, before it makes them: a file of a
 * hundred bytes can ask for a tensor of terabytes. Operations whose result is no larger than what they read are not
 * listed. Source of the sizes: https://onnx.ai/onnx/operators/.
 */
import { sizeOf } from '../model/tensor-data.ts';
import type { OpCall } from '../ops/call.ts';
import { einsumElements } from '../ops/einsum.ts';
import type { Value } from '../ops/value.ts';

/** Beyond this many elements (512 MiB as float32) no network of a page is meant seriously. */
export const MOST_ELEMENTS = 2 ** 27;
/** Turns of all loops of a run together. */
export const MOST_TURNS = 100_000;

type Count = (call: OpCall) => number;

const shape = (call: OpCall, index: number): readonly number[] => {
  const value: Value | null = call.has(index) ? call.value(index) : null;
  if (value === null || value.kind === 'sequence' || value.kind === 'nothing') return [];
  return call.shape(index);
};

/** Numbers of an input that is on the host, else of an attribute. */
function listed(call: OpCall, index: number, attribute?: string): readonly number[] {
  if (call.has(index) && call.value(index).kind !== 'host') return [];
  return call.list(index, attribute) ?? [];
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + Math.abs(value), 0);

/** Elements of shapes that are broadcast together, whether they fit or not. */
function together(shapes: readonly (readonly number[])[]): number {
  const rank = Math.max(0, ...shapes.map(({ length }) => length));
  const sizes = Array.from({ length: rank }, (_, axis) =>
    Math.max(1, ...shapes.map((own) => own[axis - rank + own.length] ?? 1)),
  );
  return sizeOf(sizes);
}

const broadcast: Count = (call) => together(call.all().map((_, i) => shape(call, i)));

const expanded: Count = (call) => together([shape(call, 0), listed(call, 1, 'shape')]);

/** Every axis of space grows by its pads, and windows of a transposed convolution by their strides. */
function windows(call: OpCall): number {
  const x = shape(call, 0);
  const space = x.slice(1, -1);
  const pads = call.ints('pads') ?? [];
  const strides = call.node.op === 'ConvTranspose' ? (call.ints('strides') ?? []) : [];
  const kernel = call.ints('kernel_shape') ?? shape(call, 1).slice(0, -2);
  const dilations = call.ints('dilations') ?? [];
  const grown = space.map((size, axis) => {
    const reach = Math.abs(kernel[axis] ?? 1) * Math.abs(dilations[axis] ?? 1);
    const around = Math.abs(pads[axis] ?? 0) + Math.abs(pads[axis + space.length] ?? 0);
    return size * Math.max(1, Math.abs(strides[axis] ?? 1)) + around + reach;
  });
  const asked = sizeOf((call.ints('output_shape') ?? []).map((size) => Math.max(1, size)));
  return Math.max(sizeOf(grown), asked) * (x[0] ?? 1) * Math.max(x.at(-1) ?? 1, 1);
}

function resized(call: OpCall): number {
  const x = shape(call, 0);
  const sizes = listed(call, 3);
  if (sizes.length > 0) return sizeOf(sizes.map((size) => Math.max(1, size)));
  return sizeOf(x) * sizeOf(listed(call, 2).map((scale) => Math.max(1, scale)));
}

function multiplied(call: OpCall): number {
  const [a, b] = [shape(call, 0), shape(call, 1)];
  const rows = a.at(call.flag('transA') ? -1 : -2) ?? 1;
  const columns = b.at(call.flag('transB') ? -2 : -1) ?? 1;
  return together([a.slice(0, -2), b.slice(0, -2)]) * rows * columns;
}

/** The inputs one after the other. */
const joined: Count = (call) => call.all().reduce((total, _, i) => total + sizeOf(shape(call, i)), 0);

/** Elements outside the input, along the axes that are listed; as if all axes grew. */
function padded(call: OpCall): number {
  const x = shape(call, 0);
  const pads = listed(call, 1, 'pads');
  if (call.has(3)) return Math.max(1, sizeOf(x)) * (1 + sum(pads));
  return sizeOf(
    x.map((size, axis) => size + Math.abs(pads[axis] ?? 0) + Math.abs(pads[axis + x.length] ?? 0)),
  );
}

const COUNTS: ReadonlyMap<string, Count> = new Map<string, Count>([
  ...(
    'Add Sub Mul Div Mod Pow Max Min Sum Mean And Or Xor Equal Less LessOrEqual Greater GreaterOrEqual Where PRelu ' +
    'BitwiseAnd BitwiseOr BitwiseXor BitShift'
  )
    .split(' ')
    .map((op) => [op, broadcast] as const),
  ...'Conv ConvTranspose ConvInteger MaxPool AveragePool LpPool'
    .split(' ')
    .map((op) => [op, windows] as const),
  ...'MatMul MatMulInteger Gemm com.microsoft:FusedMatMul'.split(' ').map((op) => [op, multiplied] as const),
  ['Concat', joined],
  [
    'Einsum',
    (call) =>
      einsumElements(
        call.text('equation', ''),
        call.all().map((_, i) => shape(call, i)),
      ),
  ],
  ['Expand', expanded],
  ['ConstantOfShape', (call) => sizeOf(listed(call, 0))],
  [
    'Tile',
    (call) =>
      Math.max(1, sizeOf(shape(call, 0))) * sizeOf(listed(call, 1).map((count) => Math.max(1, count))),
  ],
  ['Pad', padded],
  [
    'Range',
    (call) => {
      const [start = 0, limit = 0, delta = 1] = [0, 1, 2].map((i) => listed(call, i)[0]);
      return (limit - start) / delta;
    },
  ],
  ['Resize', resized],
  [
    'Gather',
    (call) =>
      (sizeOf(shape(call, 1)) * sizeOf(shape(call, 0))) / (shape(call, 0).at(call.number('axis', 0)) || 1),
  ],
  [
    'GatherND',
    (call) => sizeOf(shape(call, 1).slice(0, -1)) * sizeOf(shape(call, 0).slice(shape(call, 1).at(-1) ?? 0)),
  ],
  ['OneHot', (call) => sizeOf(shape(call, 0)) * (listed(call, 1)[0] ?? 1)],
  ['Split', (call) => call.number('num_outputs', 1)],
  [
    'MaxUnpool',
    (call) =>
      Math.max(
        sizeOf(shape(call, 0)) * sizeOf(call.ints('strides') ?? []) + sum(call.ints('kernel_shape') ?? []),
        sizeOf(listed(call, 2)),
      ),
  ],
  ['LRN', (call) => sizeOf(shape(call, 0)) * call.number('size', 1)],
  ['DFT', (call) => (listed(call, 1)[0] ?? 0) * Math.max(1, sizeOf(shape(call, 0)))],
  ['HannWindow', (call) => listed(call, 0)[0] ?? 0],
  ['HammingWindow', (call) => listed(call, 0)[0] ?? 0],
  ['BlackmanWindow', (call) => listed(call, 0)[0] ?? 0],
  ['MelWeightMatrix', (call) => (listed(call, 0)[0] ?? 0) * (listed(call, 1)[0] ?? 0)],
  [
    'RoiAlign',
    (call) =>
      Math.max(1, sizeOf(shape(call, 1))) *
      call.number('output_height', 1) *
      call.number('output_width', 1) *
      Math.max(1, shape(call, 0)[1] ?? 1) *
      Math.max(1, call.number('sampling_ratio', 1)) ** 2,
  ],
  ['GroupNormalization', (call) => sizeOf(shape(call, 0)) + call.number('num_groups', 1)],
]);

/** @throws if an operation is about to make more elements than are allowed. */
export function assertFits(call: OpCall, most: number): void {
  const count = COUNTS.get(call.node.op)?.(call) ?? 0;
  if (count > most) throw new Error(`would make ${count} elements, more than the ${most} that are allowed`);
}
