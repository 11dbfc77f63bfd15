import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { expectAgreement } from '../../testing/graph-model-fixture.ts';
import {
  FLOAT,
  INT,
  ints,
  list,
  type NodeRow,
  positive,
  random,
  rng,
  s,
  type Weight,
  window,
} from '../../testing/graph-model-maker.ts';
import { isTrainable } from '../model/ir.ts';

beforeAll(() => tf.setBackend('cpu'));

test('a network as the MobileNet exports write it agrees with the converter', () => {
  const graph = expectAgreement(
    [2, 9, 9, 3],
    [
      ['conv', 'Conv2D', ['x', 'w0'], window(2, 'SAME')],
      [
        'norm',
        'FusedBatchNormV3',
        ['conv', 'g', 'b', 'm', 'v'],
        { epsilon: { f: 0.001 }, is_training: { b: false } },
      ],
      ['relu', 'Relu6', ['norm']],
      ['deep', 'DepthwiseConv2dNative', ['relu', 'w1'], window(1, 'SAME')],
      ['scaled', 'Mul', ['deep', 'scale']],
      ['shifted', 'AddV2', ['scaled', 'shift']],
      ['wide', 'Conv2D', ['shifted', 'w2'], window(1, 'VALID')],
      ['res', 'AddV2', ['wide', 'shifted']],
      ['padded', 'Pad', ['res', 'around']],
      ['pool', 'MaxPool', ['padded'], { ...window(2, 'SAME'), ksize: list(1, 3, 3, 1) }],
      ['avg', 'AvgPool', ['pool'], { ...window(1, 'SAME'), ksize: list(1, 2, 2, 1) }],
      ['mean', 'Mean', ['avg', 'axes'], { keep_dims: { b: true } }],
      ['flat', 'Squeeze', ['mean'], { squeeze_dims: list(1, 2) }],
      ['logits', 'MatMul', ['flat', 'w3'], { transpose_a: { b: false }, transpose_b: { b: true } }],
      ['out', 'BiasAdd', ['logits', 'bias']],
      ['soft', 'Softmax', ['out']],
    ],
    [
      random('w0', 3, 3, 3, 4),
      ...[random('g', 4), random('b', 4), random('m', 4), positive('v', 4)],
      random('w1', 3, 3, 4, 2),
      random('scale', 8),
      random('shift', 8),
      random('w2', 1, 1, 8, 8),
      ints('around', [0, 0, 1, 1, 0, 2, 0, 0], [4, 2]),
      ints('axes', [1, 2]),
      random('w3', 5, 8),
      random('bias', 5),
    ],
    ['soft', 'flat'],
  );
  const trained = [...graph.parameters.values()]
    .filter(isTrainable)
    .map(({ name, role }) => `${name}:${role}`);
  expect(trained.sort()).toEqual(
    [
      'w0:weight',
      'g:gamma',
      'b:beta',
      'w1:weight',
      'scale:gamma',
      'shift:bias',
      'w2:weight',
      'w3:weight',
      'bias:bias',
    ].sort(),
  );
  // A depthwise filter that one node uses is reshaped at import.
  expect(graph.parameters.get('w1')?.shape).toEqual([3, 3, 1, 8]);
});

test('fused operations agree', () => {
  const fused = (...ops: string[]) => ({
    fused_ops: { list: { s: ops.map((op) => btoa(op)) } },
    num_args: { i: '1' },
  });
  expectAgreement(
    [1, 6, 6, 3],
    [
      ['c', '_FusedConv2D', ['x', 'w0', 'b0'], { ...window(1, 'SAME'), ...fused('BiasAdd', 'Relu6') }],
      [
        'd',
        'FusedDepthwiseConv2dNative',
        ['c', 'w1', 'b1'],
        { ...window(2, 'SAME'), ...fused('BiasAdd', 'Relu') },
      ],
      ['l', '_FusedConv2D', ['d', 'w2', 'b2'], { ...window(1, 'VALID'), ...fused('BiasAdd') }],
      ['e', '_FusedConv2D', ['d', 'w2', 'b2'], { ...window(1, 'VALID'), ...fused('BiasAdd', 'Elu') }],
      ['flat', 'Reshape', ['l', 'shape']],
      [
        'm',
        '_FusedMatMul',
        ['flat', 'w3', 'b3'],
        { ...fused('BiasAdd', 'Relu'), transpose_a: { b: false }, transpose_b: { b: false } },
      ],
    ],
    [
      random('w0', 3, 3, 3, 4),
      random('b0', 4),
      random('w1', 3, 3, 4, 1),
      random('b1', 4),
      random('w2', 1, 1, 4, 2),
      random('b2', 2),
      ints('shape', [-1, 18]),
      random('w3', 18, 3),
      random('b3', 3),
    ],
    ['m', 'e'],
  );
});

test('quantised weights agree', () => {
  const codes = (length: number, most: number) => Array.from({ length }, () => rng.below(most));
  expectAgreement(
    [2, 4],
    [
      ['a', 'MatMul', ['x', 'w8'], { transpose_a: { b: false }, transpose_b: { b: false } }],
      ['b', 'MatMul', ['a', 'w16'], { transpose_a: { b: false }, transpose_b: { b: false } }],
      ['c', 'Add', ['b', 'half']],
    ],
    [
      {
        name: 'w8',
        shape: [4, 3],
        data: Uint8Array.from(codes(12, 256)),
        quantization: { dtype: 'uint8', min: -1, scale: 0.01 },
      },
      {
        name: 'w16',
        shape: [3, 5],
        data: Uint16Array.from(codes(15, 65536)),
        quantization: { dtype: 'uint16', min: -2, scale: 5e-5 },
      },
      // 1, -2, 0.5, 65504, 2^-24
      {
        name: 'half',
        shape: [5],
        data: Uint16Array.of(0x3c00, 0xc000, 0x3800, 0x7bff, 1),
        quantization: { dtype: 'float16' },
      },
    ],
    ['c'],
  );
});

const mask = (name: string, bits: number) => ({ [`${name}_mask`]: { i: String(bits) } });

const CASES: readonly (readonly [string, NodeRow[], Weight[]])[] = [
  [
    'Rsqrt and Square',
    [
      ['q', 'Square', ['x']],
      ['p', 'Add', ['q', 'one']],
      ['y', 'Rsqrt', ['p']],
    ],
    [positive('one', 1)],
  ],
  ['SquaredDifference', [['y', 'SquaredDifference', ['x', 'c']]], [random('c', 4)]],
  ['LeakyRelu', [['y', 'LeakyRelu', ['x'], { alpha: { f: 0.3 } }]], []],
  ['Prelu', [['y', 'Prelu', ['x', 'a']]], [random('a', 4)]],
  ['FloorDiv of floats', [['y', 'FloorDiv', ['x', 'c']]], [positive('c', 4)]],
  [
    'DivNoNan',
    [['y', 'DivNoNan', ['x', 'c']]],
    [{ name: 'c', shape: [4], data: Float32Array.of(0, 2, -1, 0) }],
  ],
  [
    'AddN',
    [
      ['r', 'Relu', ['x']],
      ['y', 'AddN', ['x', 'r', 'x']],
    ],
    [],
  ],
  [
    'ConcatV2',
    [
      ['r', 'Relu', ['x']],
      ['y', 'ConcatV2', ['x', 'r', 'axis']],
    ],
    [ints('axis', [-1], [])],
  ],
  [
    'Pack and Unpack',
    [
      ['u', 'Unpack', ['x'], { axis: { i: '1' }, num: { i: '3' } }],
      ['y', 'Pack', ['u:2', 'u:0'], { axis: { i: '-1' } }],
    ],
    [],
  ],
  [
    'Split',
    [
      ['p', 'Split', ['axis', 'x'], { num_split: { i: '2' } }],
      ['y', 'Sub', ['p', 'p:1']],
    ],
    [ints('axis', [2], [])],
  ],
  [
    'SplitV',
    [
      ['p', 'SplitV', ['x', 'sizes', 'axis']],
      ['y', 'Relu', ['p:1']],
    ],
    [ints('sizes', [1, 3]), ints('axis', [2], [])],
  ],
  ['Slice to the end', [['y', 'Slice', ['x', 'b', 'e']]], [ints('b', [0, 1, 2]), ints('e', [-1, 2, -1])]],
  [
    'StridedSlice with masks',
    [
      [
        'y',
        'StridedSlice',
        ['x', 'b', 'e', 't'],
        { ...mask('begin', 1), ...mask('end', 1), ...mask('shrink_axis', 2) },
      ],
    ],
    [ints('b', [0, -1, 0]), ints('e', [0, 0, 4]), ints('t', [1, 1, 1])],
  ],
  [
    'StridedSlice with an ellipsis and a new axis',
    [['y', 'StridedSlice', ['x', 'b', 'e', 't'], { ...mask('ellipsis', 1), ...mask('new_axis', 2) }]],
    [ints('b', [0, 0, 1]), ints('e', [0, 0, 3]), ints('t', [1, 1, 1])],
  ],
  [
    'StridedSlice backwards',
    [['y', 'StridedSlice', ['x', 'b', 'e', 't'], { ...mask('begin', 7), ...mask('end', 7) }]],
    [ints('b', [0, 0, 0]), ints('e', [0, 0, 0]), ints('t', [1, -1, -2])],
  ],
  [
    'shapes that are computed',
    [
      ['s', 'Shape', ['x'], { T: FLOAT }],
      ['n', 'StridedSlice', ['s', 'b', 'e', 't'], { T: INT, ...mask('shrink_axis', 1) }],
      ['k', 'Mul', ['n', 'two'], { T: INT }],
      ['p', 'Pack', ['k', 'rest'], { axis: { i: '0' } }],
      ['y', 'Reshape', ['x', 'p']],
    ],
    [ints('b', [0]), ints('e', [1]), ints('t', [1]), ints('two', [2], []), ints('rest', [-1], [])],
  ],
  ['Transpose', [['y', 'Transpose', ['x', 'p']]], [ints('p', [2, 0, 1])]],
  [
    'MirrorPad',
    [['y', 'MirrorPad', ['x', 'p'], { mode: s('REFLECT') }]],
    [ints('p', [0, 0, 1, 1, 2, 0], [3, 2])],
  ],
  ['Tile', [['y', 'Tile', ['x', 'm']]], [ints('m', [1, 2, 3])]],
  [
    'GatherV2',
    [['y', 'GatherV2', ['x', 'i', 'axis'], { batch_dims: { i: '0' } }]],
    [ints('i', [3, 0, 1]), ints('axis', [2], [])],
  ],
  ['GatherNd', [['y', 'GatherNd', ['x', 'i']]], [ints('i', [1, 2, 0, 0], [2, 2])]],
  ['Sum without the axis', [['y', 'Sum', ['x', 'a'], { keep_dims: { b: false } }]], [ints('a', [-1], [])]],
  ['ArgMax', [['y', 'ArgMax', ['x', 'a']]], [ints('a', [2], [])]],
  [
    'OneHot',
    [
      ['i', 'Cast', ['x'], { SrcT: FLOAT, DstT: INT }],
      ['a', 'Abs', ['i'], { T: INT }],
      ['y', 'OneHot', ['a', 'd', 'on', 'off'], { axis: { i: '-1' } }],
    ],
    [
      ints('d', [3], []),
      { name: 'on', shape: [], data: Float32Array.of(2) },
      { name: 'off', shape: [], data: Float32Array.of(-1) },
    ],
  ],
  [
    'SelectV2',
    [
      ['c', 'Greater', ['x', 'l']],
      ['r', 'Neg', ['x']],
      ['y', 'SelectV2', ['c', 'x', 'r']],
    ],
    [random('l', 4)],
  ],
  ['BatchMatMulV2', [['y', 'BatchMatMulV2', ['x', 'x'], { adj_x: { b: false }, adj_y: { b: true } }]], []],
  [
    'Cumsum',
    [['y', 'Cumsum', ['x', 'a'], { exclusive: { b: true }, reverse: { b: false } }]],
    [ints('a', [1], [])],
  ],
  ['ReverseV2', [['y', 'ReverseV2', ['x', 'a']]], [ints('a', [1])]],
  ['ScatterNd', [['y', 'ScatterNd', ['i', 'x', 'sh']]], [ints('i', [3, 1], [2, 1]), ints('sh', [5, 3, 4])]],
];

test.each(CASES)('%s agrees with the converter', (_, rows, weights) => {
  expectAgreement([2, 3, 4], rows, weights, ['y']);
});

test.each([
  [false, false],
  [true, false],
  [false, true],
])('resizing agrees: align_corners %s, half_pixel_centers %s', (corners, half) => {
  const attr = { align_corners: { b: corners }, half_pixel_centers: { b: half } };
  expectAgreement(
    [1, 4, 5, 2],
    [
      ['a', 'ResizeBilinear', ['x', 'size'], attr],
      ['b', 'ResizeNearestNeighbor', ['x', 'size'], attr],
    ],
    [ints('size', [7, 8])],
    ['a', 'b'],
  );
});

test('a transposed convolution agrees', () => {
  expectAgreement(
    [1, 4, 4, 3],
    [['y', 'Conv2DBackpropInput', ['sizes', 'w', 'x'], window(2, 'SAME')]],
    [ints('sizes', [1, 8, 8, 2]), random('w', 3, 3, 2, 3)],
    ['y'],
  );
});
