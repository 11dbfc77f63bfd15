import { expect, test } from 'vitest';
import { GraphMaker } from '../../testing/graphs/graph-maker.ts';
import type { Graph, Parameter } from '../model/ir.ts';
import { importOnnx } from './import-onnx.ts';
import { readModelProto } from './proto.ts';
import { tensorData } from './tensors.ts';
import { joinedFile, type OnnxWriteOptions, writeOnnx } from './write-onnx.ts';

function written(graph: Graph, options?: OnnxWriteOptions) {
  const model = readModelProto(joinedFile(writeOnnx(graph, options)));
  if (model.graph === null) throw new Error('no graph');
  return { ...model, graph: model.graph };
}

/** Two convolutions with what stands between them in such networks, channels last as the IR has it. */
function convNet(): Graph {
  const maker = new GraphMaker(1);
  const x = maker.input([2, 6, 6, 3], 'batch');
  const statistics = [1, 2, 3, 4].map(() => maker.constant([4], 0.5, 1));
  const first = maker.node('Conv', [x, maker.constant([3, 3, 3, 4])], [2, 4, 4, 4], 1);
  const normal = maker.node('BatchNormalization', [first, ...statistics], first.shape, 1, {
    channel_axis: 3,
  });
  const bent = maker.node('Clip', [normal, maker.number(0), maker.number(6)], first.shape, 1);
  const depthwise = maker.node('Conv', [bent, maker.constant([1, 1, 1, 4])], first.shape, 1, { group: 4 });
  const shifted = maker.node('Add', [depthwise, maker.constant([4])], first.shape, 1);
  const sum = maker.node('Add', [shifted, bent], first.shape, 1);
  const pooled = maker.node('GlobalAveragePool', [sum], [2, 1, 1, 4], 1, { channel_axis: -1 });
  const flat = maker.node('Flatten', [pooled], [2, 4], 1, { axis: 1 });
  maker.node('Gemm', [flat, maker.constant([4, 2])], [2, 2], 1);
  return maker.finish().graph;
}

test('a convolutional network is channels-first throughout: one Transpose at its input, none else', () => {
  const { graph } = written(convNet());
  expect(graph.nodes.map(({ op }) => op)).toEqual([
    'Transpose',
    ...'Conv BatchNormalization Clip Conv Add Add GlobalAveragePool Flatten Gemm'.split(' '),
  ]);
});

test('what was imported channels-first comes out without any Transpose, and with its weights as they were', async () => {
  const once = joinedFile(writeOnnx(convNet()));
  const again = written(await importOnnx(once));
  const { graph } = readModelProto(once);
  expect(again.graph.nodes.map(({ op }) => op)).toEqual(graph?.nodes.map(({ op }) => op));
  for (const tensor of graph?.initializers ?? []) {
    const found = again.graph.initializers.find(({ name }) => name === tensor.name);
    expect(found && tensorData(found, () => null)).toEqual(tensorData(tensor, () => null));
  }
});

test('names, the open batch, the producer and further facts are kept', () => {
  const graph = convNet();
  const model = written(graph, { metadata: { license: 'Apache-2.0' } });
  expect(model.producer).toBe('Graft');
  expect(model.graph.inputs[0]?.type?.dims).toEqual(['batch', 6, 6, 3]);
  expect(model.graph.outputs.map(({ name }) => name)).toEqual(graph.outputs);
  for (const { name } of graph.nodes) expect(model.graph.nodes.map((node) => node.name)).toContain(name);
  for (const name of graph.parameters.keys()) {
    expect(model.graph.initializers.map((tensor) => tensor.name)).toContain(name);
  }
});

test.each([
  ['Relu', {}, 17, 8],
  ['Gelu', {}, 20, 9],
  ['RMSNormalization', {}, 23, 11],
])('%s asks for the operator set %i and the format that came with it', (op, attributes, opset, irVersion) => {
  const maker = new GraphMaker(1);
  const x = maker.input([2, 3]);
  const scale = op === 'RMSNormalization' ? [maker.constant([3])] : [];
  maker.node(op, [x, ...scale], [2, 3], 1, attributes);
  const model = written(maker.finish().graph);
  expect(model.opsets).toEqual([{ domain: '', version: opset }]);
  expect(model.irVersion).toBe(irVersion);
});

test('operations of other domains name them', () => {
  const maker = new GraphMaker(1);
  maker.node('com.microsoft:Gelu', [maker.input([2, 3])], [2, 3], 1);
  const model = written(maker.finish().graph);
  expect(model.graph.nodes[0]).toMatchObject({ op: 'Gelu', domain: 'com.microsoft' });
  expect(model.opsets).toContainEqual({ domain: 'com.microsoft', version: 1 });
});

test('weights as halves take half the bytes and are trainable again after an import', async () => {
  const maker = new GraphMaker(1);
  const x = maker.input([1, 512]);
  maker.node('MatMul', [x, maker.constant([512, 128])], [1, 128], 1);
  const { graph } = maker.finish();
  const [wide, narrow] = [writeOnnx(graph), writeOnnx(graph, { precision: 'float16' })];
  expect(narrow.bytes).toBeLessThan(0.51 * wide.bytes);
  const imported = await importOnnx(joinedFile(narrow));
  expect(imported.nodes.map(({ op }) => op)).toEqual(['MatMul']);
  const [weight] = imported.parameters.values();
  expect(weight).toMatchObject({ role: 'weight', dtype: 'float32', shape: [512, 128] });
});

test('a value beyond the halves keeps its tensor wide', async () => {
  const data = new Float32Array(512).fill(1).with(3, 1e6);
  const weight: Parameter = { name: 'w', role: 'weight', dtype: 'float32', shape: [2, 256], data };
  const maker = new GraphMaker(1);
  const x = maker.input([2, 256]);
  const made = maker.parameter(weight, 1e6);
  maker.node('Mul', [x, made], [2, 256], 1e6);
  const imported = await importOnnx(joinedFile(writeOnnx(maker.finish().graph, { precision: 'float16' })));
  expect([...imported.parameters.values()].map(({ data: kept }) => kept[3])).toEqual([1e6]);
});

test('large weights are not copied before the file is joined', () => {
  const data = new Float32Array(1 << 20);
  const maker = new GraphMaker(1);
  const x = maker.input([1, 1024]);
  maker.node(
    'MatMul',
    [x, maker.parameter({ dtype: 'float32', shape: [1024, 1024], data }, 1, 'weight')],
    [1, 1024],
    1,
  );
  const { pieces, bytes } = writeOnnx(maker.finish().graph);
  expect(pieces.filter((piece) => piece.buffer === data.buffer)).toHaveLength(1);
  expect(bytes).toBe(pieces.reduce((sum, piece) => sum + piece.length, 0));
});

test('a normalisation over channels of an unknown place is refused by the name of its node', () => {
  const maker = new GraphMaker(1);
  const x = maker.input([1, 4, 4, 3]);
  const statistics = [1, 2, 3, 4].map(() => maker.constant([3]));
  const { graph } = maker.finish();
  const node = {
    name: 'odd',
    op: 'BatchNormalization',
    inputs: [x.name, ...statistics.map(({ name }) => name)],
    outputs: ['y'],
    attributes: { channel_axis: 2 },
  };
  expect(() => writeOnnx({ ...graph, nodes: [node], outputs: ['y'] })).toThrow(
    /"odd" \(BatchNormalization\)/,
  );
});
