import type { TensorData } from '../../model/ir.ts';
import { permuted } from '../../model/permute.ts';
import { toNumbers } from '../../model/tensor-data.ts';
import type { Layer, LayerRule } from './layer.ts';

/** Columns `[rows, gates * H]` of the gates in another order, transposed and in one direction: `[1, gates * H, rows]`. */
function gates(data: TensorData, order: readonly number[]): TensorData {
  const turned = permuted(data, [1, 0]);
  const [all = 0, rows = 0] = turned.shape;
  const step = (all / order.length) * rows;
  const values = toNumbers(turned);
  const out = new Float32Array(values.length);
  order.forEach((from, to) => out.set(values.subarray(from * step, (from + 1) * step), to * step));
  return { dtype: 'float32', shape: [1, all, rows], data: out };
}

const NAMES: ReadonlyMap<string, string> = new Map([
  ['tanh', 'Tanh'],
  ['sigmoid', 'Sigmoid'],
  ['relu', 'Relu'],
  ['linear', 'Affine'],
  ['hard_sigmoid', 'HardSigmoid'],
  ['hardSigmoid', 'HardSigmoid'],
]);

function activation(layer: Layer, key: string, otherwise: string): string {
  const name = NAMES.get(layer.config.text(key, otherwise));
  if (name === undefined) throw layer.config.refuse(`has the activation "${layer.config.text(key, '')}"`);
  return name;
}

/**
 * A recurrent layer. Keras stores `[I, gates * H]` (LSTM: i, f, c, o; GRU: z, r, h) and runs `[N, T, I]`; the IR has
 * `[1, gates * H, I]` (LSTM: i, o, f, c) and `[T, N, I]`.
 */
const recurrent =
  (op: 'LSTM' | 'GRU', order: readonly number[]): LayerRule =>
  (layer) => {
    const { config } = layer;
    if (
      config.flag('go_backwards', false) ||
      config.flag('stateful', false) ||
      config.flag('reset_after', false)
    ) {
      throw config.refuse('goes backwards, keeps its state or resets after the product');
    }
    const kernel = gates(layer.data('kernel', 2), order);
    const hidden = (kernel.shape[1] ?? 0) / order.length;
    const weights = [
      layer.parameter('kernel', 'weight', kernel),
      layer.parameter('recurrent_kernel', 'weight', gates(layer.data('recurrent_kernel', 2), order)),
      config.flag('use_bias', true) ? bias(layer, order) : null,
    ];
    const steps = layer.node('Transpose', [layer.input()], { perm: [1, 0, 2] });
    const inner = activation(layer, 'activation', 'tanh');
    const gate = activation(layer, 'recurrent_activation', 'hard_sigmoid');
    const all = layer.builder.fresh(config.name);
    const last = layer.builder.fresh(config.name);
    layer.builder.node({ name: all }, op, [steps, ...weights], [all, last], {
      hidden_size: hidden,
      activations: op === 'LSTM' ? [gate, inner, inner] : [gate, inner],
    });
    if (!config.flag('return_sequences', false)) return layer.node('Squeeze', [last, layer.ints([0])]);
    return layer.node('Transpose', [layer.node('Squeeze', [all, layer.ints([1])])], { perm: [1, 0, 2] });
  };

/** One bias in Keras; the IR has one for the input and one for the state, here zero. */
function bias(layer: Layer, order: readonly number[]): string {
  const { shape, ...rest } = layer.data('bias', 1);
  const [size = 0] = shape;
  const ordered = gates({ ...rest, shape: [1, size] }, order);
  const data = new Float32Array(2 * size);
  data.set(ordered.data as Float32Array);
  return layer.parameter('bias', 'bias', { dtype: 'float32', shape: [1, 2 * size], data });
}

export const RECURRENT_RULES: readonly (readonly [name: string, rule: LayerRule])[] = [
  ['LSTM', recurrent('LSTM', [0, 3, 1, 2])],
  ['GRU', recurrent('GRU', [0, 1, 2])],
];
