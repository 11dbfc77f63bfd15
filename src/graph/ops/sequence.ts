import * as tf from '@tensorflow/tfjs-core';
import type { OpCall } from './call.ts';
import { opTable } from './op.ts';
import { hostScalar, NOTHING, type SequenceValue, type Value } from './value.ts';

function sequenceOf(call: OpCall, index = 0): readonly Value[] {
  const value = call.value(index);
  if (value.kind !== 'sequence') throw new Error(`${call.node.op} expects a sequence as input ${index}.`);
  return value.items;
}

function sequence(items: readonly Value[]): SequenceValue {
  return { kind: 'sequence', items };
}

/** A position in a sequence, counted from the end if negative; `otherwise` where none is given. */
function position(call: OpCall, index: number, length: number, otherwise: number): number {
  if (!call.has(index)) return otherwise;
  const at = call.numbers(index)[0] ?? 0;
  const positive = at < 0 ? at + length : at;
  if (positive < 0 || positive > length) throw new Error(`position ${at} of ${length} items`);
  return positive;
}

function tensors(call: OpCall): tf.Tensor[] {
  return sequenceOf(call).map((item) => {
    if (item.kind === 'tensor') return item.tensor;
    if (item.kind === 'host') return call.uploaded(item);
    throw new Error('expected tensors in the sequence');
  });
}

/** A tensor in pieces along an axis: of given sizes, of one size, or of one without the axis. */
function split(call: OpCall): SequenceValue {
  const x = call.tensor(0);
  const axis = call.axis(call.number('axis', 0), x.rank);
  const length = x.shape[axis] as number;
  const given = call.has(1) ? call.host(1) : null;
  const size = given === null ? 1 : Number(given.data[0]);
  const equal = Array.from({ length: Math.ceil(length / size) }, (_, i) => Math.min(size, length - i * size));
  const sizes = given !== null && given.shape.length > 0 ? [...call.numbers(1)] : equal;
  const parts = tf.split(x, sizes, axis);
  const keep = given !== null || call.flag('keepdims', true);
  const dtype = call.dtype(0);
  return sequence(
    parts.map((part) => ({ kind: 'tensor', dtype, tensor: keep ? part : tf.squeeze(part, [axis]) })),
  );
}

export const SEQUENCE = opTable({
  SequenceEmpty: { differentiable: false, run: () => sequence([]) },
  SequenceConstruct: { run: (call) => sequence(call.all().map((_, i) => call.value(i))) },
  SequenceInsert: {
    hostInputs: [2],
    run: (call) => {
      const items = [...sequenceOf(call)];
      items.splice(position(call, 2, items.length, items.length), 0, call.value(1));
      return sequence(items);
    },
  },
  SequenceErase: {
    hostInputs: [1],
    run: (call) => {
      const items = sequenceOf(call);
      const at = position(call, 1, items.length, items.length - 1);
      return sequence(items.filter((_, i) => i !== at));
    },
  },
  SequenceAt: {
    hostInputs: [1],
    run: (call) => {
      const items = sequenceOf(call);
      const item = items[position(call, 1, items.length, 0)];
      if (item === undefined) throw new Error('no such item');
      return item;
    },
  },
  SequenceLength: { differentiable: false, run: (call) => hostScalar(sequenceOf(call).length, 'int64') },
  SplitToSequence: { hostInputs: [1], run: split },
  ConcatFromSequence: {
    run: (call) => {
      const parts = tensors(call);
      const stack = call.flag('new_axis');
      const rank = (parts[0]?.rank ?? 0) + (stack ? 1 : 0);
      const axis = call.axis(call.number('axis', 0), rank);
      return stack ? tf.stack(parts, axis) : tf.concat(parts, axis);
    },
  },
  Optional: { run: (call) => (call.has(0) ? call.value(0) : NOTHING) },
  OptionalGetElement: {
    run: (call) => {
      const value = call.value(0);
      if (value.kind === 'nothing') throw new Error('the optional is empty');
      return value;
    },
  },
  OptionalHasElement: {
    differentiable: false,
    run: (call) => hostScalar(call.has(0) && call.value(0).kind !== 'nothing' ? 1 : 0, 'bool'),
  },
});
