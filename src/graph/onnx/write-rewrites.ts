/**
 * @file Operations that ONNX has not, or not in every form that the IR allows, as several that it has. A rule writes
 * them and says `true`, or leaves the node to be written as it is.
 */
import { unsupported } from '../importing/errors.ts';
import { isFloat, toNumbers } from '../model/tensor-data.ts';
import type { NodeCall } from './write-rules.ts';

type Rewrite = (call: NodeCall) => boolean;

/** `x * sigmoid(alpha * x)`. */
const swish: Rewrite = (call) => {
  const x = call.plain(0);
  const alpha = call.number('alpha', 1);
  const inner = alpha === 1 ? x : call.step('Mul', [x, scalar(call, alpha)]);
  call.writer.emit('Mul', [x, call.step('Sigmoid', [inner])], call.outputs(), {}, call.node.name);
  return true;
};

function scalar(call: NodeCall, value: number): string {
  const data = Float32Array.of(value);
  return call.writer.made(`${call.node.name}/number`, { dtype: 'float32', shape: [], data });
}

/** The root mean square as the ONNX runtime's own operation has it, which no operator set lists. */
const simplified: Rewrite = (call) => {
  const x = call.plain(0);
  const axis = call.number('axis', -1);
  const rank = axis < 0 ? 0 : call.rank(0);
  if (rank === null) throw unsupported(call.node, 'works on a value whose number of axes is unknown');
  const list = Array.from({ length: rank - axis }, (_, i) => axis + i);
  const axes = call.writer.ints(`${call.node.name}/axes`, list);
  const mean = call.step('ReduceMean', [call.step('Mul', [x, x]), axes], { keepdims: 1 });
  const root = call.step('Sqrt', [call.step('Add', [mean, scalar(call, call.number('epsilon', 1e-5))])]);
  const [output = ''] = call.outputs();
  call.writer.emit('Mul', [call.step('Div', [x, root]), call.plain(1)], [output], {}, call.node.name);
  return true;
};

/** The remainder with the sign of the divisor; of floats ONNX has only the one of C. */
const modulo: Rewrite = (call) => {
  if (!isFloat(call.dtype(0)) || call.number('fmod', 0) !== 0) return false;
  const [a, b] = [call.plain(0), call.plain(1)];
  const whole = call.step('Floor', [call.step('Div', [a, b])]);
  call.writer.emit('Sub', [a, call.step('Mul', [whole, b])], call.outputs(), {}, call.node.name);
  return true;
};

/** Over all axes from one on, as before version 13. */
const flattened: Rewrite = (call) => {
  if (call.node.attributes['flatten'] !== true) return false;
  const axis = call.number('axis', 1);
  const rank = call.rank(0);
  if (rank !== null && (axis === rank - 1 || axis === -1)) {
    call.emit([call.plain(0)], call.outputs(), { axis: -1 });
    return true;
  }
  const x = call.plain(0);
  const shape = call.step('Shape', [x]);
  const rows = call.step(call.node.op, [call.step('Flatten', [x], { axis })], { axis: -1 });
  call.writer.emit('Reshape', [rows, shape], call.outputs(), { allowzero: 1 }, call.node.name);
  return true;
};

/** In parts of equal size, which the file must say. */
const split: Rewrite = (call) => {
  if (call.has(1)) return false;
  const attributes = {
    ...call.node.attributes,
    num_outputs: call.number('num_outputs', call.node.outputs.length),
  };
  const rank = call.rank(0);
  if (call.writer.isOnlyFirst(call.name(0)) && rank !== null) return false;
  call.emit([call.plain(0)], call.outputs(), attributes);
  return true;
};

/** The names of the modes changed with version 20. */
const gridSample: Rewrite = (call) => {
  const { mode } = call.node.attributes;
  if (mode !== 'bilinear' && mode !== 'bicubic') return false;
  call.emit(call.inputs(), call.outputs(), { ...call.node.attributes, mode: mode.slice(2) });
  return true;
};

/** Scale and offset per channel, as since version 21; before it there was one of each per group. */
const groupNorm: Rewrite = (call) => {
  const groups = call.number('num_groups', 1);
  const axis = call.number('channel_axis', -1);
  const shape = call.writer.fact(call.name(0)).shape;
  const channels = shape?.at(axis) ?? null;
  const [scale, offset] = [1, 2].map((i) => call.writer.parameter(call.name(i)));
  if (
    axis !== 1 ||
    scale?.shape[0] !== groups ||
    offset === undefined ||
    channels === null ||
    channels === groups
  )
    return false;
  const spread = [scale, offset].map((parameter) => {
    const values = toNumbers(parameter);
    const data = Float32Array.from(
      { length: channels },
      (_, i) => values[Math.floor((i * groups) / channels)] as number,
    );
    return call.writer.made(`${parameter.name}/per-channel`, { dtype: 'float32', shape: [channels], data });
  });
  call.emit([call.plain(0), ...spread], call.outputs());
  return true;
};

/** Rules by operation. */
export const REWRITES: ReadonlyMap<string, Rewrite> = new Map<string, Rewrite>([
  ['Swish', swish],
  ['SimplifiedLayerNormalization', simplified],
  ['Mod', modulo],
  ['Softmax', flattened],
  ['LogSoftmax', flattened],
  ['Hardmax', flattened],
  ['Split', split],
  ['GridSample', gridSample],
  ['GroupNormalization', groupNorm],
]);
