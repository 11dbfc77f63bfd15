import { expect, test } from 'vitest';
import { importGraphModel } from '../../src/graph/tfjs/import-graph-model.ts';
import { graphModel } from './graph-model.ts';

const node = (name: string, op: string, input: string[] = []) => ({
  name,
  op,
  input,
  attr: op === 'Const' ? { dtype: { type: 1 }, value: { tensor: { floatVal: [] } } } : { T: { type: 1 } },
});
/** Loop -> scaled -> (* w) -> product -> (+ b) -> sum -> box. */
const MODEL = {
  modelTopology: {
    node: [
      node('images', 'Placeholder'),
      node('loop', 'TensorArrayV3', ['images']),
      node('scaled', 'Sub', ['loop', 'one']),
      ...['one', 'w', 'b', 'other'].map((name) => node(name, 'Const')),
      node('product', 'Mul', ['scaled', 'w']),
      node('sum', 'AddV2', ['product', 'b']),
      node('box', 'Mul', ['sum', 'other']),
    ],
  },
  weightsManifest: [
    {
      paths: ['part1', 'part2'],
      weights: [
        { name: 'other', shape: [3], dtype: 'float32' },
        { name: 'b', shape: [2], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.5, min: -1 } },
        { name: 'one', shape: [], dtype: 'int32' },
        { name: 'w', shape: [2], dtype: 'float32' },
      ],
    },
  ],
};
const convert = graphModel({
  folder: 'model',
  input: { name: 'scaled', dtype: 'DT_FLOAT', shape: [-1, 2] },
  output: 'sum',
});

test('keeps the nodes between two values, with their weights', async () => {
  const bytes = new Uint8Array(12 + 2 + 4 + 8);
  bytes.set([4, 6], 12);
  // 1.5 and -2 as float32.
  bytes.set([0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0], 18);
  const files = await convert(
    new Map([
      ['model/model.json', new TextEncoder().encode(JSON.stringify(MODEL))],
      // A weight may lie in two files.
      ['model/part1', bytes.slice(0, 13)],
      ['model/part2', bytes.slice(13)],
    ]),
  );
  expect([...files.keys()]).toEqual(['model.json', 'weights.bin']);
  const json = new TextDecoder().decode(files.get('model.json'));
  expect(json).not.toContain('floatVal');
  const graph = importGraphModel(JSON.parse(json), files.get('weights.bin')!);
  expect(graph.inputs).toEqual([{ name: 'scaled', dtype: 'float32', shape: [null, 2] }]);
  expect(graph.outputs).toEqual(['sum']);
  expect(graph.nodes.map(({ op }) => op)).toEqual(['Mul', 'Add']);
  const values = [...graph.parameters].map(([name, { data }]) => [name, [...(data as Float32Array)]]);
  expect(Object.fromEntries(values)).toEqual({ w: [1.5, -2], b: [1, 2] });
});

test('a file that the package lacks is named', () => {
  expect(() => convert(new Map())).toThrow(/no file model\/model.json/);
});
