import { PbfWriter } from 'pbf';
import { expect, test } from 'vitest';
import { importOnnx } from './import-onnx.ts';

/** A model of one node from x to y. Field numbers: https://github.com/onnx/onnx/blob/v1.17.0/onnx/onnx.proto. */
function oneNode(op: string): Uint8Array<ArrayBuffer> {
  const model = new PbfWriter();
  model.writeVarintField(1, 8);
  model.writeMessage(
    7,
    (_: null, graph) => {
      graph.writeMessage(
        1,
        (__: null, node) => {
          node.writeStringField(1, 'x');
          node.writeStringField(2, 'y');
          node.writeStringField(3, 'strange');
          node.writeStringField(4, op);
        },
        null,
      );
      graph.writeMessage(11, value('x'), null);
      graph.writeMessage(12, value('y'), null);
    },
    null,
  );
  model.writeMessage(8, (_: null, opset) => opset.writeVarintField(2, 17), null);
  return Uint8Array.from(model.finish());
}

const value = (name: string) => (_: null, info: PbfWriter) => {
  info.writeStringField(1, name);
};

test('a known operation is imported', async () => {
  const graph = await importOnnx(oneNode('Relu'));
  expect(graph.nodes.map(({ op }) => op)).toEqual(['Relu']);
});

test.each(['constructor', '__proto__', 'toString', 'NoSuchOp'])(
  'the operation %s is refused by name',
  async (op) => {
    await expect(importOnnx(oneNode(op))).rejects.toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining(op) as string,
    });
  },
);
