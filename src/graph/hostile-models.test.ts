/** @file Models made to do harm, one by one: each is refused with a sentence that names what it did. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { nestedMessage } from '../testing/fuzz/mutate-protobuf.ts';
import { GraphMaker, type Made } from '../testing/graphs/graph-maker.ts';
import type { Attributes, Graph, Node } from './model/ir.ts';
import { importOnnx } from './onnx/import-onnx.ts';
import { MessageWriter } from './onnx/write-message.ts';
import { joinedFile, writeOnnx } from './onnx/write-onnx.ts';
import { GraphExecutor } from './run/executor.ts';

beforeAll(() => tf.setBackend('cpu'));

const message = (fill: (writer: MessageWriter) => void) => {
  const writer = new MessageWriter();
  fill(writer);
  return writer;
};

/** A file around a graph that is written by hand. */
function file(fill: (graph: MessageWriter) => void): Uint8Array<ArrayBuffer> {
  const model = message((writer) => {
    writer.integer(1, 8);
    writer.message(7, message(fill));
    writer.message(
      8,
      message((entry) => entry.integer(2, 17)),
    );
  });
  const pieces = model.pieces();
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

function node(graph: MessageWriter, op: string, inputs: readonly string[], output: string): void {
  graph.message(
    1,
    message((writer) => {
      for (const name of inputs) writer.text(1, name);
      writer.text(2, output);
      writer.text(3, `the ${op}`);
      writer.text(4, op);
    }),
  );
}

const named = (graph: MessageWriter, field: 11 | 12, name: string) =>
  graph.message(
    field,
    message((info) => info.text(1, name)),
  );

const refusal = (code: string, words: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(words) as string }) as Error;

describe('files', () => {
  test('nodes in a circle', async () => {
    const circle = file((graph) => {
      node(graph, 'Relu', ['b'], 'a');
      node(graph, 'Neg', ['a'], 'b');
      named(graph, 12, 'a');
    });
    await expect(importOnnx(circle)).rejects.toThrow(refusal('model-damaged', /"the Relu" reads "b"/));
  });

  test('weights that are not there', async () => {
    const lacking = file((graph) => {
      named(graph, 11, 'x');
      node(graph, 'MatMul', ['x', 'w'], 'y');
      named(graph, 12, 'y');
    });
    await expect(importOnnx(lacking)).rejects.toThrow(refusal('model-damaged', /reads "w"/));
  });

  test.each([
    ['2 GiB', [2 ** 29]],
    ['more than all numbers', [2 ** 40, 2 ** 40]],
    ['less than nothing', [-4]],
  ])('weights that claim to be %s', async (_, shape) => {
    const claim = file((graph) =>
      graph.message(
        5,
        message((tensor) => {
          for (const size of shape) tensor.integer(1, size);
          tensor.integer(2, 1);
          tensor.text(8, 'w');
          tensor.bytes(9, new Uint8Array(8));
        }),
      ),
    );
    await expect(importOnnx(claim)).rejects.toThrow(refusal('model-damaged', /"w" has/));
  });

  test.each([
    '../secret',
    'a/../../secret',
    '/etc/passwd',
    'C:\\secret',
    'https://example.org/x',
    'a\\..\\b',
    '',
  ])('weights at "%s"', async (location) => {
    const asked: string[] = [];
    const climbing = file((graph) =>
      graph.message(
        5,
        message((tensor) => {
          tensor.integer(1, 1);
          tensor.integer(2, 1);
          tensor.text(8, 'w');
          const entry = message((pair) => {
            pair.text(1, 'location');
            pair.text(2, location);
          });
          tensor.message(13, entry);
          tensor.integer(14, 1);
        }),
      ),
    );
    const external = (path: string) => {
      asked.push(path);
      return Promise.resolve(new Uint8Array(4));
    };
    await expect(importOnnx(climbing, { external })).rejects.toThrow(
      refusal('model-damaged', /outside the model/),
    );
    expect(asked).toEqual([]);
  });

  test('graphs in attributes of nodes of graphs, and so on', async () => {
    // Fields of the message around: a graph in an attribute, an attribute in a node, a node in a graph.
    const bytes = file((graph) => graph.bytes(1, nestedMessage([6, 5, 1], 3_002)));
    await expect(importOnnx(bytes)).rejects.toThrow(refusal('model-damaged', /nested too deep/));
  });
});

describe('results that no memory holds', () => {
  /** A graph of a hundred bytes whose last node makes something large. */
  function bomb(
    op: string,
    make: (maker: GraphMaker, x: Made) => (Made | null)[],
    attributes: Attributes = {},
  ): Graph {
    const maker = new GraphMaker(1);
    const x = maker.input([1, 2, 2, 2]);
    maker.node(op, make(maker, x), [1], 1, attributes);
    return maker.finish().graph;
  }

  async function run(graph: Graph) {
    const imported = await importOnnx(joinedFile(writeOnnx(graph)));
    const executor = new GraphExecutor(imported);
    const x = { kind: 'tensor', dtype: 'float32', tensor: tf.ones([1, 2, 2, 2]) } as const;
    try {
      await executor.runAsync({ feeds: new Map([[graph.inputs[0]?.name ?? '', x]]) });
    } finally {
      executor.dispose();
      x.tensor.dispose();
    }
  }

  const huge = 2 ** 31 - 1;

  test.each<[string, Graph]>([
    ['Expand', bomb('Expand', (maker, x) => [x, maker.ints([huge, 2, 2, 2])])],
    ['MatMul', bomb('MatMul', (maker) => [maker.constant([12_000, 1]), maker.constant([1, 12_000])])],
    [
      'Gemm',
      bomb('Gemm', (maker) => [maker.constant([1, 12_000]), maker.constant([12_000, 1])], {
        transA: 1,
        transB: 1,
      }),
    ],
    [
      'Einsum',
      bomb('Einsum', (maker) => [maker.constant([12_000]), maker.constant([12_000])], {
        equation: 'i,j->ij',
      }),
    ],
    ['Tile', bomb('Tile', (maker, x) => [x, maker.ints([huge, 1, 1, huge])])],
    ['Tile on the host', bomb('Tile', (maker) => [maker.ints([1, 2]), maker.ints([huge])])],
    ['ConstantOfShape', bomb('ConstantOfShape', (maker) => [maker.ints([huge, huge])])],
    ['Pad', bomb('Pad', (maker, x) => [x, maker.ints([0, 0, 0, huge, 0, 0, 0, huge])])],
    [
      'Range',
      bomb('Range', (maker) => [maker.ints([0], []), maker.ints([2 ** 52], []), maker.ints([1], [])]),
    ],
    ['OneHot', bomb('OneHot', (maker) => [maker.ints([1, 2]), maker.ints([huge], []), maker.constant([2])])],
    ['Resize', bomb('Resize', (maker, x) => [x, null, null, maker.ints([1, huge, huge, 2])])],
    [
      'Conv',
      bomb('Conv', (maker, x) => [x, maker.constant([1, 1, 2, 1])], { pads: [huge, huge, huge, huge] }),
    ],
    ['MaxPool', bomb('MaxPool', (_, x) => [x], { kernel_shape: [2, 2], pads: [huge, 0, huge, 0] })],
    [
      'ConvTranspose',
      bomb('ConvTranspose', (maker, x) => [x, maker.constant([1, 1, 1, 2])], { strides: [huge, huge] }),
    ],
    ['HannWindow', bomb('HannWindow', (maker) => [maker.ints([huge], [])])],
  ])('%s', async (op, graph) => {
    const before = tf.memory().numTensors;
    const name = op.split(' ')[0] ?? '';
    await expect(run(graph)).rejects.toThrow(
      refusal('model-unsupported', new RegExp(`"${name}_\\d+" \\(${name}\\): would make \\d.* elements`)),
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each(['Tile', 'Concat'])('doubling again and again: %s', async (op) => {
    const maker = new GraphMaker(1);
    let value = maker.input([1, 2, 2, 2]);
    for (let i = 0; i < 40; i++) {
      value =
        op === 'Tile'
          ? maker.node('Tile', [value, maker.ints([2, 1, 1, 1])], [1, 1, 1, 1], 1)
          : maker.node('Concat', [value, value], [1, 1, 1, 1], 1, { axis: 0 });
    }
    const executor = new GraphExecutor(maker.finish().graph);
    const x = { kind: 'tensor', dtype: 'float32', tensor: tf.ones([1, 2, 2, 2]) } as const;
    const limits = { elements: 2 ** 20, turns: 10 };
    const feeds = new Map([['x0', x]]);
    await expect(executor.runAsync({ feeds, limits })).rejects.toThrow(
      refusal('model-unsupported', /would make/),
    );
    x.tensor.dispose();
    executor.dispose();
  });
});

test('a loop without end is ended, and leaves nothing', async () => {
  const inner = (op: string, inputs: string[], output: string): Node => ({
    name: output,
    op,
    inputs,
    outputs: [output],
    attributes: {},
  });
  const body: Graph = {
    inputs: [
      { name: 'i', dtype: 'int64', shape: [] },
      { name: 'going', dtype: 'bool', shape: [] },
      { name: 'sum', dtype: 'float32', shape: null },
    ],
    outputs: ['on', 'next'],
    nodes: [inner('Identity', ['going'], 'on'), inner('Add', ['sum', 'sum'], 'next')],
    parameters: new Map(),
  };
  const loop: Node = { ...inner('Loop', [], 'y'), inputs: [null, null, 'x'], attributes: { body } };
  const graph: Graph = {
    inputs: [{ name: 'x', dtype: 'float32', shape: [1] }],
    outputs: ['y'],
    nodes: [loop],
    parameters: new Map(),
  };
  const executor = new GraphExecutor(graph);
  const x = { kind: 'tensor', dtype: 'float32', tensor: tf.ones([1]) } as const;
  const before = tf.memory().numTensors;
  const limits = { elements: 100, turns: 1000 };
  await expect(executor.runAsync({ feeds: new Map([['x', x]]), limits })).rejects.toThrow(
    refusal('model-unsupported', /more than 1000 turns/),
  );
  expect(tf.memory().numTensors).toBe(before);
  x.tensor.dispose();
});
