/**
 * @file What is asked of an operation and not computed is refused when a file is read, by operation and node; what
 * stands beside it and is computed agrees with the ONNX runtime.
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { GraphMaker, type Made } from '../../testing/graphs/graph-maker.ts';
import { agreement } from '../../testing/onnx/oracle.ts';
import type { Attributes } from '../model/ir.ts';
import { sizeOf } from '../model/tensor-data.ts';
import { importOnnx } from './import-onnx.ts';
import { joinedFile, writeOnnx } from './write-onnx.ts';

beforeAll(() => tf.setBackend('cpu'));

type Inputs = (maker: GraphMaker) => readonly (Made | null)[];

/** A file of one node; its further results are read where `outputs` says so. */
function fileOf(op: string, inputs: Inputs, attributes: Attributes, outputs = 1): Uint8Array<ArrayBuffer> {
  const maker = new GraphMaker(1);
  maker.nodeOf(op, inputs(maker), new Array<number[]>(outputs).fill([1]), 1, attributes);
  return joinedFile(writeOnnx(maker.finish().graph));
}

const x3 = (maker: GraphMaker) => maker.input([2, 5, 8]);
const attention: Inputs = (maker) => [x3(maker), maker.constant([8, 24]), maker.constant([24])];
const threeInputs: Inputs = (maker) => [x3(maker), x3(maker), x3(maker)];
const lstm: Inputs = (maker) => [
  maker.input([5, 2, 3]),
  maker.constant([1, 16, 3]),
  maker.constant([1, 16, 4]),
];
const bits: Inputs = (maker) => [
  maker.input([2, 32]),
  maker.parameter({ dtype: 'uint8', shape: [4, 1, 16], data: new Uint8Array(64) }, 1),
  maker.constant([4]),
];
const normalisation: Inputs = (maker) => [
  maker.input([2, 3, 4, 4]),
  ...[1, 2, 3, 4].map(() => maker.constant([3], 0.5, 1)),
];
/** Weights `[2, 4]` in bytes with scales, and zero points, of some shape. */
const quantised =
  (scales: readonly number[], zeros: readonly number[] | null = null): Inputs =>
  (maker) => {
    const bytes = (shape: readonly number[]) =>
      maker.parameter({ dtype: 'int8', shape, data: new Int8Array(sizeOf(shape)) }, 1);
    return [bytes([2, 4]), maker.constant(scales), ...(zeros === null ? [] : [bytes(zeros)])];
  };
const heads = { num_heads: 2 };

describe('refused at import', () => {
  test.each<[string, string, RegExp, Inputs, Attributes, number?]>([
    ['rotated positions', 'com.microsoft:Attention', /do_rotary 1/, attention, { ...heads, do_rotary: 1 }],
    [
      'a buffer that the past and the present share',
      'com.microsoft:Attention',
      /past_present_share_buffer 1/,
      attention,
      { ...heads, past_present_share_buffer: 1 },
    ],
    [
      'the length of the past',
      'com.microsoft:Attention',
      /an input 6/,
      (maker) => [...attention(maker), null, null, null, maker.ints([1])],
      heads,
    ],
    [
      'a mask of four axes',
      'com.microsoft:Attention',
      /an input 3 of 4 axes/,
      (maker) => [...attention(maker), maker.ints([1, 1, 1, 1], [1, 1, 2, 2], 'int32')],
      heads,
    ],
    [
      'an attribute of a later version',
      'com.microsoft:Attention',
      /has new_feature 2/,
      attention,
      { ...heads, new_feature: 2 },
    ],
    ['packed queries', 'com.microsoft:MultiHeadAttention', /packed/, (maker) => [x3(maker)], heads],
    ['scores as a result', 'com.microsoft:MultiHeadAttention', /its result 3/, threeInputs, heads, 4],
    [
      'turned batches',
      'com.microsoft:FusedMatMul',
      /transBatchA 1/,
      (maker) => [x3(maker), x3(maker)],
      { transBatchA: 1 },
    ],
    [
      'statistics',
      'com.microsoft:SkipLayerNormalization',
      /its result 1/,
      (maker) => [x3(maker), x3(maker), maker.constant([8])],
      {},
      2,
    ],
    [
      'weights in the order of a processor',
      'com.microsoft:MatMulNBits',
      /weight_prepacked 1/,
      bits,
      { K: 32, N: 4, bits: 4, block_size: 32, weight_prepacked: 1 },
    ],
    ['too few scales', 'DequantizeLinear', /scales \[3\] .* weights \[2,4\]/, quantised([3]), { axis: 1 }],
    ['too many scales', 'DequantizeLinear', /scales \[5\] .* weights \[2,4\]/, quantised([5]), { axis: 1 }],
    [
      'too few scales for the other axis of blocks',
      'DequantizeLinear',
      /scales \[1,2\] .* weights \[2,4\]/,
      quantised([1, 2]),
      { axis: 1, block_size: 2 },
    ],
    [
      'another number of zero points',
      'DequantizeLinear',
      /3 zero points for 4 scales/,
      quantised([4], [3]),
      { axis: 1 },
    ],
    [
      'too few packed zero points',
      'com.microsoft:MatMulNBits',
      /1 zero points in place of 4/,
      (maker) => [...bits(maker), maker.parameter({ dtype: 'uint8', shape: [1], data: Uint8Array.of(8) }, 1)],
      { K: 32, N: 4, bits: 4, block_size: 32 },
    ],
    [
      'an unknown activation',
      'LSTM',
      /the activation "Cosine"/,
      lstm,
      { hidden_size: 4, activations: ['Sigmoid', 'Tanh', 'Cosine'] },
    ],
    [
      'a name of JavaScript as activation',
      'LSTM',
      /"constructor"/,
      lstm,
      { hidden_size: 4, activations: ['constructor', 'Tanh', 'Tanh'] },
    ],
    ['statistics of each place', 'BatchNormalization', /spatial is 0/, normalisation, { spatial: 0 }],
    ['statistics outside of training', 'BatchNormalization', /training mode/, normalisation, {}, 3],
    [
      'sampling of volumes',
      'GridSample',
      /an input 0 of 5 axes/,
      (maker) => [maker.input([1, 1, 2, 2, 2]), maker.input([1, 2, 2, 2, 3])],
      {},
    ],
  ])('%s', async (_, op, reason, inputs, attributes, outputs) => {
    const name = op.split(':').at(-1) ?? '';
    const refused = importOnnx(fileOf(op, inputs, attributes, outputs));
    await expect(refused).rejects.toMatchObject({
      code: 'model-unsupported',
      message: expect.stringMatching(new RegExp(`(?=.*${name}_0)(?=.*${op})`)) as string,
    });
    await expect(refused).rejects.toThrow(reason);
  });
});

test('further results that nothing reads do no harm', async () => {
  const maker = new GraphMaker(1);
  const made = maker.nodeOf('BatchNormalization', normalisation(maker), [[2, 3, 4, 4], [3], [3]], 9);
  for (const unread of made.slice(1)) maker.hide(unread);
  const graph = await importOnnx(joinedFile(writeOnnx(maker.finish().graph)));
  expect(graph.nodes.find(({ op }) => op === 'BatchNormalization')?.outputs.slice(1)).toEqual(['', '']);
});

describe('agrees with the ONNX runtime', () => {
  const directed =
    (op: 'LSTM' | 'GRU' | 'RNN', gates: number, attributes: Attributes) => (maker: GraphMaker) => {
      const directions = attributes['direction'] === 'bidirectional' ? 2 : 1;
      const weights = [
        maker.constant([directions, gates * 4, 3]),
        maker.constant([directions, gates * 4, 4]),
      ];
      const inputs = [maker.input([5, 2, 3]), ...weights];
      maker.nodeOf(op, inputs, [[5, directions, 2, 4]], 9, { hidden_size: 4, ...attributes });
    };
  const masked =
    (mask: (maker: GraphMaker) => Made, attributes: Attributes = {}) =>
    (maker: GraphMaker) => {
      maker.node('com.microsoft:Attention', [...attention(maker), mask(maker)], [2, 5, 8], 9, {
        ...heads,
        ...attributes,
      });
    };

  test.each<[string, (maker: GraphMaker) => void]>([
    // Only functions that take a number use up the list.
    [
      'an LSTM with numbers for its second function',
      directed('LSTM', 4, {
        activations: ['Sigmoid', 'HardSigmoid', 'Elu'],
        activation_alpha: [0.4, 0.7],
        activation_beta: [0.3],
      }),
    ],
    [
      'an LSTM in both directions',
      directed('LSTM', 4, {
        direction: 'bidirectional',
        activations: ['HardSigmoid', 'Tanh', 'Tanh', 'Sigmoid', 'LeakyRelu', 'ScaledTanh'],
        activation_alpha: [0.3, 0.2, 1.5],
        activation_beta: [0.4, 0.6],
      }),
    ],
    [
      'a GRU with a threshold',
      directed('GRU', 3, { activations: ['Sigmoid', 'ThresholdedRelu'], activation_alpha: [0.05] }),
    ],
    [
      'an RNN with an affine function',
      directed('RNN', 1, { activations: ['Affine'], activation_alpha: [0.5], activation_beta: [0.1] }),
    ],
    ['ends of the rows', masked((maker) => maker.ints([3, 5], [2], 'int32'))],
    ['ends and beginnings of the rows', masked((maker) => maker.ints([5, 4, 2, 0], [4], 'int32'))],
    ['a mask of the keys', masked((maker) => maker.ints([1, 1, 1, 0, 0, 1, 1, 1, 1, 0], [2, 5], 'int32'))],
    [
      'a mask, and nothing from later',
      masked((maker) => maker.ints([1, 1, 1, 0, 0, 1, 1, 1, 1, 1], [2, 5], 'int32'), { unidirectional: 1 }),
    ],
    [
      'a root mean square over two axes',
      (maker) => {
        maker.node('SimplifiedLayerNormalization', [x3(maker), maker.constant([5, 8])], [2, 5, 8], 9, {
          axis: 1,
        });
      },
    ],
  ])('%s', async (_, make) => {
    const maker = new GraphMaker(3);
    make(maker);
    const { graph, data } = maker.finish();
    const { runtime, imported } = await agreement(graph, data);
    expect(Math.max(runtime, imported)).toBeLessThan(1e-5);
  });
});
