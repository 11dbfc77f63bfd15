/** @file Sound models of every format that is read, made at run time: what the fuzzing damages. */
import type { Graph, Node, TensorData } from '../../graph/model/ir.ts';
import { MessageWriter } from '../../graph/onnx/write-message.ts';
import { joinedFile, writeOnnx } from '../../graph/onnx/write-onnx.ts';
import { writeSafetensors } from '../../graph/weights/safetensors.ts';
import checkpoint from '../../graph/weights/torch-checkpoint.fixture.json';
import { FLOAT, list, model, positive, random, window, ints, s } from '../graph-model-maker.ts';
import { randomGraph } from '../graphs/random-graph.ts';
import { joined } from './mutate-bytes.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** A model as its reader gets it. */
export type FuzzSeed =
  | { readonly format: 'onnx' | 'safetensors' | 'gguf' | 'checkpoint'; readonly file: Bytes }
  | { readonly format: 'graph-model' | 'layers-model'; readonly json: unknown; readonly weights: Bytes };

/** Random graphs of the supported operations. */
const ONNX_SEEDS = 24;

/** All seeds; the same each time. */
export function fuzzSeeds(): readonly FuzzSeed[] {
  const onnx = [...randomGraphs(), controlFlow(), countedLoop()].map((graph) => joinedFile(writeOnnx(graph)));
  return [
    ...[...onnx, externalModel(), nodeless('Upsample')].map((file) => ({ format: 'onnx' as const, file })),
    graphModel(),
    graphModel(),
    layersModel(),
    layersModel(),
    { format: 'safetensors', file: writeSafetensors(new Map(Object.entries(TENSORS))) },
    { format: 'gguf', file: gguf() },
    { format: 'checkpoint', file: fromBase64(checkpoint.zip) },
    { format: 'checkpoint', file: fromBase64(checkpoint.legacy) },
  ];
}

/** Those whose inputs tell their sizes, so that a run of zeros fits them. */
function randomGraphs(): Graph[] {
  const isFixed = ({ inputs }: Graph) => inputs.every(({ shape }) => shape?.includes(null) === false);
  const graphs: Graph[] = [];
  for (let seed = 1; graphs.length < ONNX_SEEDS; seed++) {
    const { graph } = randomGraph(seed, 4);
    if (isFixed(graph)) graphs.push(graph);
  }
  return graphs;
}

const TENSORS: Readonly<Record<string, TensorData>> = {
  weight: { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  half: { dtype: 'float16', shape: [4], data: Uint16Array.of(1, 2, 3, 4) },
  count: { dtype: 'int64', shape: [1], data: BigInt64Array.of(7n) },
};

const node = (
  op: string,
  inputs: string[],
  outputs: string[],
  attributes: Node['attributes'] = {},
): Node => ({
  name: outputs[0] ?? op,
  op,
  inputs,
  outputs,
  attributes,
});

const scalar = (name: string, value: number, dtype: 'int64' | 'bool') => {
  const data = dtype === 'bool' ? Uint8Array.of(value) : BigInt64Array.of(BigInt(value));
  return [name, { name, role: 'constant', dtype, shape: [], data } as const] as const;
};

/** A choice between two bodies that read a value around them. */
function controlFlow(): Graph {
  const body = (name: string, op: string): Graph => ({
    inputs: [],
    outputs: [name],
    nodes: [node(op, ['x'], [name])],
    parameters: new Map(),
  });
  const attributes = { then_branch: body('a', 'Relu'), else_branch: body('b', 'Neg') };
  return {
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }],
    outputs: ['y'],
    nodes: [{ ...node('If', ['yes'], ['y'], attributes), captures: ['x'] }],
    parameters: new Map([scalar('yes', 1, 'bool')]),
  };
}

/** Three turns of a body that adds. */
function countedLoop(): Graph {
  const body: Graph = {
    inputs: [
      { name: 'i', dtype: 'int64', shape: [] },
      { name: 'going', dtype: 'bool', shape: [] },
      { name: 'sum', dtype: 'float32', shape: null },
    ],
    outputs: ['still', 'next', 'seen'],
    nodes: [
      node('Identity', ['going'], ['still']),
      node('Add', ['sum', 'x'], ['next']),
      node('Tanh', ['next'], ['seen']),
    ],
    parameters: new Map(),
  };
  return {
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 2] }],
    outputs: ['last', 'all'],
    nodes: [{ ...node('Loop', ['times', 'yes', 'x'], ['last', 'all'], { body }), captures: ['x'] }],
    parameters: new Map([scalar('times', 3, 'int64'), scalar('yes', 1, 'bool')]),
  };
}

/** A message from its fields. */
function message(fill: (writer: MessageWriter) => void): MessageWriter {
  const writer = new MessageWriter();
  fill(writer);
  return writer;
}

const value = (name: string) =>
  message((info) => {
    info.text(1, name);
    info.message(
      2,
      message((type) =>
        type.message(
          1,
          message((tensor) => tensor.integer(1, 1)),
        ),
      ),
    );
  });

function onnxModel(opset: number, graph: MessageWriter): Bytes {
  const model = message((writer) => {
    writer.integer(1, 8);
    writer.message(7, graph);
    writer.message(
      8,
      message((entry) => entry.integer(2, opset)),
    );
  });
  return joined(model.pieces());
}

/** Weights in a file of their own, and the same again as numbers one by one. */
function externalModel(): Bytes {
  const pair = (key: string, text: string) =>
    message((entry) => {
      entry.text(1, key);
      entry.text(2, text);
    });
  const sum = (inputs: readonly string[], output: string) =>
    message((add) => {
      for (const name of inputs) add.text(1, name);
      add.text(2, output);
      add.text(4, 'Add');
    });
  return onnxModel(
    17,
    message((graph) => {
      graph.message(1, sum(['x', 'w'], 'h'));
      graph.message(1, sum(['h', 'v'], 'y'));
      graph.message(
        5,
        message((tensor) => {
          tensor.integer(1, 2);
          tensor.integer(2, 1);
          tensor.text(8, 'w');
          for (const [key, text] of [
            ['location', 'weights.bin'],
            ['offset', '4'],
            ['length', '8'],
          ] as const)
            tensor.message(13, pair(key, text));
          tensor.integer(14, 1);
        }),
      );
      graph.message(
        5,
        message((tensor) => {
          tensor.integer(1, 2);
          tensor.integer(2, 1);
          tensor.float(4, 0.5);
          tensor.float(4, 1.5);
          tensor.text(8, 'v');
        }),
      );
      graph.message(11, value('x'));
      graph.message(12, value('y'));
    }),
  );
}

/** An operation of an old version, with a list as attribute. */
function nodeless(op: string): Bytes {
  return onnxModel(
    7,
    message((graph) => {
      graph.message(
        1,
        message((writer) => {
          writer.text(1, 'x');
          writer.text(2, 'y');
          writer.text(4, op);
          writer.message(
            5,
            message((attribute) => {
              attribute.text(1, 'scales');
              attribute.integer(20, 6);
              for (const scale of [1, 1, 2, 2]) attribute.float(7, scale);
            }),
          );
        }),
      );
      graph.message(11, value('x'));
      graph.message(12, value('y'));
    }),
  );
}

function graphModel(): FuzzSeed {
  const { json, bytes } = model(
    [2, 5, 5, 3],
    [
      ['conv', 'Conv2D', ['x', 'w0'], window(1, 'SAME')],
      [
        'norm',
        'FusedBatchNormV3',
        ['conv', 'g', 'b', 'm', 'v'],
        { epsilon: { f: 0.001 }, is_training: { b: false } },
      ],
      ['relu', 'Relu6', ['norm']],
      ['deep', 'DepthwiseConv2dNative', ['relu', 'w1'], window(2, 'SAME')],
      [
        'fused',
        '_FusedConv2D',
        ['deep', 'w2', 'b2'],
        {
          ...window(1, 'VALID'),
          fused_ops: { list: { s: [btoa('BiasAdd'), btoa('Relu')] } },
          num_args: { i: '1' },
        },
      ],
      ['pool', 'MaxPool', ['fused'], { ...window(1, 'SAME'), ksize: list(1, 2, 2, 1) }],
      ['mean', 'Mean', ['pool', 'axes'], { keep_dims: { b: true } }],
      ['flat', 'Squeeze', ['mean'], { squeeze_dims: list(1, 2) }],
      ['logits', 'MatMul', ['flat', 'w3'], { transpose_a: { b: false }, transpose_b: { b: true } }],
      [
        'part',
        'StridedSlice',
        ['logits', 'begin', 'end', 'step'],
        { begin_mask: { i: '1' }, end_mask: { i: '1' }, T: FLOAT },
      ],
      ['tiled', 'Tile', ['part', 'axes']],
      ['soft', 'Softmax', ['tiled']],
      ['label', 'Identity', ['soft'], { note: s('text') }],
    ],
    [
      random('w0', 3, 3, 3, 4),
      ...[random('g', 4), random('b', 4), random('m', 4), positive('v', 4)],
      random('w1', 3, 3, 4, 1),
      random('w2', 1, 1, 4, 2),
      random('b2', 2),
      ints('axes', [1, 2]),
      random('w3', 3, 2),
      ints('begin', [0, 0]),
      ints('end', [0, 2]),
      ints('step', [1, 1]),
    ],
  );
  return { format: 'graph-model', json, weights: bytes };
}

/** A Sequential around a Functional, as Teachable Machine has it. */
function layersModel(): FuzzSeed {
  const layer = (class_name: string, name: string, config: object, from?: string) => ({
    class_name,
    name,
    config: { name, ...config },
    ...(from === undefined ? {} : { inbound_nodes: from === '' ? [] : [[[from, 0, 0, {}]]] }),
  });
  const trunk = layer('Model', 'trunk', {
    layers: [
      layer('InputLayer', 'in', { batch_input_shape: [null, 6, 6, 3], dtype: 'float32' }, ''),
      layer(
        'Conv2D',
        'conv',
        {
          filters: 4,
          kernel_size: [3, 3],
          strides: [2, 2],
          padding: 'same',
          use_bias: false,
          activation: 'linear',
          data_format: 'channels_last',
        },
        'in',
      ),
      layer('BatchNormalization', 'bn', { axis: -1, epsilon: 0.001, center: true, scale: true }, 'conv'),
      layer('ReLU', 'relu', { max_value: 6 }, 'bn'),
      layer('GlobalAveragePooling2D', 'gap', { data_format: 'channels_last' }, 'relu'),
    ],
    input_layers: [['in', 0, 0]],
    output_layers: [['gap', 0, 0]],
  });
  const head = layer('Sequential', 'head', {
    layers: [
      layer('Dense', 'd1', { units: 5, activation: 'relu', use_bias: true }),
      layer('Dropout', 'drop', { rate: 0.5 }),
      layer('Dense', 'd2', { units: 2, activation: 'softmax', use_bias: false }),
    ],
  });
  const weights = [
    ['conv/kernel', [3, 3, 3, 4]],
    ...['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name) => [`bn/${name}`, [4]]),
    ['d1/kernel', [4, 5]],
    ['d1/bias', [5]],
    ['d2/kernel', [5, 2]],
  ] as const;
  const specs = weights.map(([name, shape]) => ({ name, shape, dtype: 'float32' }));
  const count = specs.reduce((sum, { shape }) => sum + (shape as number[]).reduce((a, b) => a * b, 1), 0);
  const json = {
    modelTopology: { class_name: 'Sequential', config: { name: 'whole', layers: [trunk, head] } },
    weightsManifest: [{ paths: ['weights.bin'], weights: specs }],
  };
  return { format: 'layers-model', json, weights: new Uint8Array(new Float32Array(count).fill(0.5).buffer) };
}

function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

function gguf(): Bytes {
  const u32 = (x: number) => new Uint8Array(Uint32Array.of(x).buffer);
  const u64 = (x: number) => new Uint8Array(BigUint64Array.of(BigInt(x)).buffer);
  const text = (x: string) => joined([u64(x.length), new TextEncoder().encode(x)]);
  const header = joined([
    new TextEncoder().encode('GGUF'),
    ...[u32(3), u64(1), u64(2)],
    ...[text('general.name'), u32(8), text('tiny')],
    ...[text('sizes'), u32(9), u32(4), u64(2), u32(3), u32(4)],
    ...[text('w'), u32(2), u64(3), u64(2), u32(0), u64(0)],
  ]);
  const pad = new Uint8Array((32 - (header.length % 32)) % 32);
  return joined([header, pad, new Uint8Array(24)]);
}
