import * as tf from '@tensorflow/tfjs-core';
import type { Graph } from '../model/ir.ts';
import type { OpCall } from './call.ts';
import { numbersOf, reshaped } from './host-math.ts';
import { type Op, opTable, type RunBody, type Steps } from './op.ts';
import { concatHost } from './shape.ts';
import { dtypeOf, hostScalar, type HostValue, shapeOf, tensorsIn, type Value } from './value.ts';

/** The first number of a value (a condition, a count), read back if need be. */
function* numberOf(value: Value, read: (value: Value) => Steps<Value>): Steps<number> {
  const host = yield* read(value);
  if (host.kind !== 'host') throw new Error('expected a number');
  return Number(host.data[0] ?? 0);
}

function dispose(values: readonly Value[]): void {
  for (const value of values) for (const tensor of tensorsIn(value)) tensor.dispose();
}

/** Values of one shape under each other along a new axis. */
function stacked(values: readonly Value[], axis: number): Value {
  if (values.every((value) => value.kind === 'host')) {
    const rows = values.map((value) => withAxis(value, axis));
    return concatHost(rows, axis);
  }
  const [first] = values;
  if (first === undefined) throw new Error('A loop that never ran has no results to join.');
  const tensor = tf.tidy(() => tf.stack(values.map(tensorOf), axis));
  return { kind: 'tensor', dtype: dtypeOf(first), tensor };
}

function withAxis(value: HostValue, axis: number): HostValue {
  return reshaped(value, [...value.shape.slice(0, axis), 1, ...value.shape.slice(axis)]);
}

function tensorOf(value: Value): tf.Tensor {
  if (value.kind !== 'tensor') throw new Error('expected a tensor');
  return value.tensor;
}

/** One element along an axis, without that axis. The caller disposes it. */
function elementAt(value: Value, axis: number, index: number): Value {
  if (value.kind === 'host') {
    const size = value.shape[axis] as number;
    const inner = value.shape.slice(axis + 1).reduce((product, n) => product * n, 1);
    const picked = (_: unknown, i: number) => Math.floor(i / inner) % size === index;
    const data = [...numbersOf(value)].filter(picked);
    return { ...value, data: Float64Array.from(data), shape: value.shape.filter((_, i) => i !== axis) };
  }
  const tensor = tf.tidy(() => {
    const whole = tensorOf(value);
    const begin = whole.shape.map((_, i) => (i === axis ? index : 0));
    const size = whole.shape.map((length, i) => (i === axis ? 1 : length));
    return tf.squeeze(tf.slice(whole, begin, size), [axis]);
  });
  return { kind: 'tensor', dtype: dtypeOf(value), tensor };
}

function* runIf(
  call: OpCall,
  runBody: RunBody,
  read: (value: Value) => Steps<Value>,
): Steps<readonly Value[]> {
  const chosen = yield* numberOf(call.value(0), read);
  return yield* runBody(call.body(chosen === 0 ? 'else_branch' : 'then_branch'), []);
}

function* runLoop(
  call: OpCall,
  runBody: RunBody,
  read: (value: Value) => Steps<Value>,
): Steps<readonly Value[]> {
  const limit = call.has(0) ? yield* numberOf(call.value(0), read) : Infinity;
  let going = call.has(1) ? (yield* numberOf(call.value(1), read)) !== 0 : true;
  const body = call.body('body');
  const given = call
    .all()
    .slice(2)
    .map((_, i) => call.value(i + 2));
  const carried = given.length;
  let state: readonly Value[] = given;
  const columns: Value[][] = body.outputs.slice(1 + carried).map(() => []);
  for (let i = 0; going && i < limit; i++) {
    const results = yield* runBody(body, [hostScalar(i, 'int64'), hostScalar(1, 'bool'), ...state]);
    going = (yield* numberOf(results[0] as Value, read)) !== 0;
    dispose(results.slice(0, 1));
    if (i > 0) dispose(state);
    state = results.slice(1, 1 + carried);
    results.slice(1 + carried).forEach((value, k) => columns[k]?.push(value));
  }
  return [...state, ...finished(columns, 0)];
}

function finished(columns: readonly (readonly Value[])[], axis: number): Value[] {
  return columns.map((values) => {
    const whole = stacked(values, axis);
    dispose(values);
    return whole;
  });
}

function* runScan(call: OpCall, runBody: RunBody): Steps<readonly Value[]> {
  const values = call.all().map((_, i) => call.value(i));
  return yield* call.flag('batched') ? scanBatch(call, runBody, values) : scan(call, runBody, values);
}

/** Version 8 of Scan: every input and result has an axis of the batch in front. */
function* scanBatch(call: OpCall, runBody: RunBody, values: readonly Value[]): Steps<readonly Value[]> {
  const [batch = 0] = shapeOf(values[0] as Value);
  const columns: Value[][] = call.body('body').outputs.map(() => []);
  for (let b = 0; b < batch; b++) {
    const elements = values.map((value) => elementAt(value, 0, b));
    const results = yield* scan(call, runBody, elements);
    results.forEach((value, k) => columns[k]?.push(value));
    dispose(elements);
  }
  return finished(columns, 0);
}

function* scan(call: OpCall, runBody: RunBody, values: readonly Value[]): Steps<readonly Value[]> {
  const body: Graph = call.body('body');
  const scanned = call.number('num_scan_inputs', 0);
  const carried = call.count - scanned;
  const axes = call.ints('scan_input_axes');
  const backwards = call.ints('scan_input_directions');
  const inputs = values.slice(carried);
  const axisOf = (i: number) => call.axis(axes?.[i] ?? 0, shapeOf(inputs[i] as Value).length);
  const length = shapeOf(inputs[0] as Value)[axisOf(0)] ?? 0;
  let state: readonly Value[] = values.slice(0, carried);
  const columns: Value[][] = body.outputs.slice(carried).map(() => []);
  for (let step = 0; step < length; step++) {
    const elements = inputs.map((value, i) =>
      elementAt(value, axisOf(i), backwards?.[i] === 1 ? length - 1 - step : step),
    );
    const results = yield* runBody(body, [...state, ...elements]);
    dispose(elements);
    if (step > 0) dispose(state);
    state = results.slice(0, carried);
    results.slice(carried).forEach((value, k) => columns[k]?.push(value));
  }
  const turned = call.ints('scan_output_directions');
  columns.forEach((column, k) => turned?.[k] === 1 && column.reverse());
  const outputAxes = call.ints('scan_output_axes');
  const outputs = columns.flatMap((column, k) => finished([column], outputAxes?.[k] ?? 0));
  return [...state, ...outputs];
}

/** Runs a body for each item of a sequence; other inputs that are sequences advance with it. */
function* runSequenceMap(call: OpCall, runBody: RunBody): Steps<readonly Value[]> {
  const body = call.body('body');
  const first = call.value(0);
  if (first.kind !== 'sequence') throw new Error('expected a sequence');
  const columns: Value[][] = body.outputs.map(() => []);
  for (let i = 0; i < first.items.length; i++) {
    const inputs = call.all().map((_, k) => {
      const value = call.value(k);
      return value.kind === 'sequence' ? (value.items[i] as Value) : value;
    });
    const results = yield* runBody(body, inputs);
    results.forEach((value, k) => columns[k]?.push(value));
  }
  return columns.map((items): Value => ({ kind: 'sequence', items }));
}

export const CONTROL = opTable({
  If: { control: runIf },
  Loop: { control: runLoop },
  Scan: {
    control: runScan,
    refuse: (node) =>
      typeof node.attributes['num_scan_inputs'] === 'number' ? null : 'lacks "num_scan_inputs"',
  },
  SequenceMap: { control: runSequenceMap },
} satisfies Record<string, Omit<Op, 'doc'>>);
