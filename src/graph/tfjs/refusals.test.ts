import { expect, test } from 'vitest';
import { model, type NodeRow, random } from '../../testing/graph-model-maker.ts';
import { importGraphModel } from './import-graph-model.ts';
import { weightPaths } from './model-json.ts';

test('a network is taken out of a larger one', () => {
  const rows: NodeRow[] = [
    ['loop', 'Merge', ['x', 'loop']],
    ['half', 'Mul', ['loop', 'w']],
    ['y', 'Relu', ['half']],
    ['z', 'NonMaxSuppressionV5', ['y']],
  ];
  const { json, bytes } = model([2], rows, [random('w', 2)]);
  const inputs = [{ name: 'loop', dtype: 'float32', shape: null }] as const;
  const graph = importGraphModel(json, bytes, { inputs, outputs: ['y'] });
  expect(graph.nodes.map(({ op }) => op)).toEqual(['Mul', 'Relu']);
  expect(() => importGraphModel(json, bytes)).toThrow(
    expect.objectContaining({
      code: 'model-unsupported',
      detail: { ops: 'NonMaxSuppressionV5, Merge', nodes: 'z, loop' },
    }),
  );
});

test('what is not sound is refused by name', () => {
  const rows: NodeRow[] = [['y', 'MatMul', ['x', 'w']]];
  const { json, bytes } = model([1, 2], rows, [random('w', 2, 2)]);
  const damagedError = expect.objectContaining({ code: 'model-damaged' }) as Error;
  const unsupportedError = expect.objectContaining({ code: 'model-unsupported' }) as Error;
  const changed = (change: (copy: typeof json) => void) => {
    const copy = structuredClone(json);
    change(copy);
    return () => importGraphModel(copy, bytes);
  };
  expect(() => importGraphModel(json, bytes.subarray(1))).toThrow(damagedError);
  expect(() => importGraphModel(null, bytes)).toThrow(damagedError);
  expect(() => importGraphModel({ modelTopology: { class_name: 'Sequential', config: {} } }, bytes)).toThrow(
    unsupportedError,
  );
  expect(changed(({ modelTopology: { node } }) => node.push({ ...node[2]! }))).toThrow(damagedError);
  expect(changed(({ modelTopology: { node } }) => (node[2]!.op = 'constructor'))).toThrow(unsupportedError);
  expect(changed(({ modelTopology }) => modelTopology.node.splice(1, 1))).toThrow(damagedError);
  expect(changed(({ weightsManifest: [group] }) => (group!.weights[0]!.shape = [2 ** 30, 2 ** 30]))).toThrow(
    damagedError,
  );
  expect(changed(({ weightsManifest: [group] }) => (group!.weights[0]!.shape = [-1]))).toThrow(damagedError);
  const circle = model(
    [1],
    [
      ['a', 'Relu', ['b']],
      ['b', 'Relu', ['a']],
    ],
    [],
  );
  expect(() => importGraphModel(circle.json, circle.bytes, { outputs: ['a'] })).toThrow(damagedError);
});

test('weight files lie beside the model', () => {
  const paths = (path: string) => ({ weightsManifest: [{ paths: [path], weights: [] }] });
  expect(weightPaths(paths('sub/group1-shard1of1.bin'))).toEqual(['sub/group1-shard1of1.bin']);
  for (const path of ['../x', '/x', 'https://example.org/x', 'a/../../x', 'a\\..\\x']) {
    expect(() => weightPaths(paths(path))).toThrow(expect.objectContaining({ code: 'model-damaged' }));
  }
});
