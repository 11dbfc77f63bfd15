import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import type { Attributes, Graph, Node, Parameter } from '../model/ir.ts';
import type { TensorValue } from '../ops/value.ts';
import { GraphExecutor } from '../run/executor.ts';
import { transposesCancelled } from './transposes.ts';

beforeAll(() => tf.setBackend('cpu'));

const TO_LAST = { perm: [0, 2, 3, 1] };
const TO_FIRST = { perm: [0, 3, 1, 2] };

/** A channels-first network as the ONNX importer makes it, with transposes around each convolution. */
class Nchw {
  readonly nodes: Node[] = [];
  readonly parameters = new Map<string, Parameter>();
  private readonly rng = createRng(5);

  put(op: string, inputs: (string | null)[], attributes: Attributes = {}): string {
    const output = `v${this.nodes.length}`;
    this.nodes.push({ name: output, op, inputs, outputs: [output], attributes });
    return output;
  }

  weight(...shape: number[]): string {
    const name = `w${this.parameters.size}`;
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => this.rng.next() - 0.4);
    this.parameters.set(name, { name, role: 'weight', dtype: 'float32', shape, data });
    return name;
  }

  ints(...values: number[]): string {
    const name = `i${this.parameters.size}`;
    const data = BigInt64Array.from(values, BigInt);
    this.parameters.set(name, { name, role: 'constant', dtype: 'int64', shape: [values.length], data });
    return name;
  }

  conv(x: string, inputs: number, outputs: number, size = 3): string {
    const last = this.put('Transpose', [x], TO_LAST);
    const pad = (size - 1) / 2;
    const weights = [this.weight(size, size, inputs, outputs), this.weight(outputs)];
    const y = this.put('Conv', [last, ...weights], { pads: [pad, pad, pad, pad] });
    return this.put('Transpose', [y], TO_FIRST);
  }

  graph(output: string): Graph {
    const { nodes, parameters } = this;
    return {
      inputs: [{ name: 'x', dtype: 'float32', shape: [2, 3, 6, 6] }],
      outputs: [output],
      nodes,
      parameters,
    };
  }
}

function result(graph: Graph): tf.Tensor {
  const rng = createRng(9);
  const x = tf.tensor(
    Float32Array.from({ length: 216 }, () => rng.next() - 0.5),
    [2, 3, 6, 6],
  );
  const feeds = new Map([['x', { kind: 'tensor', dtype: 'float32', tensor: x } as const]]);
  return (new GraphExecutor(graph).run({ feeds }).get(graph.outputs[0] ?? '') as TensorValue).tensor;
}

/** Transposes that are left, of a graph that computes the same. */
function left(graph: Graph): number {
  const better = transposesCancelled(graph, {});
  const [expected, actual] = [result(graph), result(better)];
  expect(actual.shape).toEqual(expected.shape);
  expect(tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]).toBeLessThan(1e-5);
  return better.nodes.filter(({ op }) => op === 'Transpose').length;
}

/** One at the input is always left: pictures come channels first. */
test.each<[string, number, (net: Nchw) => string]>([
  [
    'a residual network with a linear head',
    1,
    (net) => {
      const a = net.put('Relu', [net.conv('x', 3, 4)]);
      const norm = ['weight', 'weight', 'weight'].map(() => net.weight(4));
      const variance = net.put('Abs', [net.weight(4)]);
      const b = net.put('BatchNormalization', [net.conv(a, 4, 4), ...norm, variance], { channel_axis: 1 });
      const sum = net.put('Add', [a, net.put('Clip', [b])]);
      const pooled = net.put('GlobalAveragePool', [sum], { channel_axis: 1 });
      return net.put('Gemm', [net.put('Flatten', [pooled], { axis: 1 }), net.weight(4, 5)]);
    },
  ],
  [
    'squeeze and excite, and a reshape after the pool',
    1,
    (net) => {
      const a = net.conv('x', 3, 4);
      const pooled = net.put('ReduceMean', [a, net.ints(2, 3)], { keepdims: 1 });
      const gate = net.put('Sigmoid', [net.conv(net.put('Relu', [net.conv(pooled, 4, 2, 1)]), 2, 4, 1)]);
      const scaled = net.put('Mul', [net.put('Mul', [a, gate]), net.weight(4, 1, 1)]);
      const mean = net.put('GlobalAveragePool', [scaled], { channel_axis: 1 });
      return net.put('Reshape', [mean, net.ints(0, -1)]);
    },
  ],
  [
    'joined, padded, cut, resized, with its channels normalised at the end',
    1,
    (net) => {
      const joined = net.put('Concat', [net.conv('x', 3, 2), net.conv('x', 3, 3)], { axis: 1 });
      const padded = net.put('Pad', [joined, net.ints(0, 0, 1, 0, 0, 0, 0, 2)]);
      const cut = net.put('Slice', [padded, net.ints(1, 1), net.ints(5, 6), net.ints(1, 2)]);
      const sizes = net.put(
        'Concat',
        [net.put('Slice', [net.put('Shape', [cut]), net.ints(0), net.ints(2)]), net.ints(10, 16)],
        {
          axis: 0,
        },
      );
      const large = net.put('Resize', [cut, null, null, sizes], { mode: 'nearest' });
      const soft = net.put('Softmax', [net.conv(large, 4, 3)], { axis: 1 });
      return net.put('ReduceMean', [soft, net.ints(2, 3)], { keepdims: 0 });
    },
  ],
  ['an output in pictures', 2, (net) => net.put('Tanh', [net.conv(net.conv('x', 3, 4), 4, 3)])],
])('%s: %i left', (_, count, make) => {
  const net = new Nchw();
  expect(left(net.graph(make(net)))).toBe(count);
});
