import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Graph, Node } from '../../graph/model/ir.ts';
import {
  exportedSketch,
  rareClassifier,
  SKETCH_SIDE,
  sketchedClassifier,
} from '../../testing/graphs/sketched-classifier.ts';
import { exportModel } from '../export-model.ts';
import { bytesOf, fileNamed } from '../format.ts';
import { ATTRIBUTES } from '../pytorch/operations.ts';
import script from '../pytorch/rebuild.py?raw';
import { pattern } from '../test-vectors.ts';
import { createAnswer } from '../verify.ts';
import { safetensorsFormat } from './safetensors.ts';

beforeAll(() => tf.setBackend('cpu'));

/** The sketch with one more step in front of its last. */
function withStep(step: Omit<Node, 'name' | 'outputs'>, outputs = ['odd']): Graph {
  const graph = sketchedClassifier();
  return { ...graph, nodes: [{ ...step, name: 'odd step', outputs }, ...graph.nodes] };
}

async function answersOf(graph: Graph) {
  const { answer, dispose } = createAnswer(graph, SKETCH_SIDE);
  const answers = [await answer(pattern(2, SKETCH_SIDE)), await answer(pattern(9, SKETCH_SIDE))];
  dispose();
  return answers.flatMap((row) => [...row]);
}

describe('safetensorsFormat', () => {
  it.each([sketchedClassifier, rareClassifier])('reads what it wrote: %o', async (make) => {
    const files = await safetensorsFormat.write(exportedSketch(make()), 'float32');
    expect(await answersOf(await safetensorsFormat.read(files))).toEqual(await answersOf(make()));
  });

  it('says in config.json how to ask and how to read the answers, a line for each step', async () => {
    const graph = sketchedClassifier();
    const files = await safetensorsFormat.write(exportedSketch(graph), 'float16');
    const text = new TextDecoder().decode(await bytesOf(fileNamed(files, 'config.json')));
    expect(JSON.parse(text)).toMatchObject({
      version: 1,
      labels: ['cat', '狗', 'a "fish"'],
      preprocessing: { resize: [SKETCH_SIDE, SKETCH_SIDE], channels: 'RGB' },
      calibration: { temperature: 1.5 },
      abstainBelow: 0.4,
      tolerance: 0.03,
      input: 'pixels',
      parameters: { gamma: 'weight', 'seen/variance': 'running-variance', order: 'constant' },
    });
    expect(text.split('\n').filter((line) => line.includes('"op":'))).toHaveLength(graph.nodes.length);
  });

  it('halves large weights and leaves out what no step reads', async () => {
    const graph = sketchedClassifier();
    const unread = {
      name: 'unread',
      role: 'weight',
      dtype: 'float32',
      shape: [2],
      data: Float32Array.of(1, 2),
    } as const;
    const large = { ...unread, name: 'w3', shape: [1, 1, 8, 8], data: new Float32Array(64).fill(0.1) };
    const wide = { ...unread, name: 'w1', shape: [3, 3, 3, 8], data: new Float32Array(216).fill(0.1) };
    const head = { ...unread, name: 'head', shape: [3, 128], data: new Float32Array(384).fill(0.1) };
    const parameters = new Map([
      ...graph.parameters,
      ...[unread, large, wide, head].map((one) => [one.name, one] as const),
    ]);
    const files = await safetensorsFormat.write(exportedSketch({ ...graph, parameters }), 'float16');
    const read = await safetensorsFormat.read(files);
    expect(read.parameters.has('unread')).toBe(false);
    expect(read.parameters.get('head')).toMatchObject({ dtype: 'float16', shape: [3, 128] });
    expect(read.parameters.get('w1')?.dtype).toBe('float32');
    expect(read.parameters.get('seen/variance')?.dtype).toBe('float32');
    expect(read.parameters.get('order')?.dtype).toBe('int64');
  });

  it.each<[string, Graph]>([
    ['Einsum', withStep({ op: 'Einsum', inputs: ['pixels'], attributes: {} })],
    ['constructor', withStep({ op: 'constructor', inputs: ['pixels'], attributes: {} })],
    ['Relu', withStep({ op: 'Relu', inputs: ['pixels'], attributes: { activation: 'relu' } })],
    [
      'MaxPool',
      withStep({ op: 'MaxPool', inputs: ['pixels'], attributes: { kernel_shape: [2, 2], ceil_mode: 1 } }),
    ],
    ['MaxPool', withStep({ op: 'MaxPool', inputs: ['pixels'], attributes: { kernel_shape: [2] } })],
    [
      'MaxPool',
      withStep({ op: 'MaxPool', inputs: ['pixels'], attributes: { kernel_shape: [2, 2] } }, ['odd', 'at']),
    ],
    ['Conv', withStep({ op: 'Conv', inputs: ['pixels', 'gamma'], attributes: {} })],
  ])('refuses %s that the script does not have, before anything is computed', async (op, graph) => {
    const asked = () => Promise.reject(new Error('It was asked.'));
    const options = {
      format: 'safetensors',
      precision: 'float32',
      card: '',
      pictures: [],
      signal: new AbortController().signal,
    } as const;
    await expect(exportModel(exportedSketch(graph), asked, options)).rejects.toMatchObject({
      code: 'export-operation',
      detail: { op, node: 'odd step', format: 'safetensors' },
    });
  });

  it('takes attributes that say nothing', async () => {
    const attributes = { kernel_shape: [2, 2], ceil_mode: 0, storage_order: 0, dilations: [1, 1] };
    const files = await safetensorsFormat.write(
      exportedSketch(withStep({ op: 'MaxPool', inputs: ['pixels'], attributes })),
      'float32',
    );
    const { nodes } = await safetensorsFormat.read(files);
    expect(nodes[0]?.attributes).toEqual({ kernel_shape: [2, 2], dilations: [1, 1] });
  });
});

describe('rebuild.py', () => {
  const table = /^OPERATIONS = \{\n(.*?)^\}/ms.exec(script)?.[1] ?? '';
  const functions = new Map(
    [...table.matchAll(/^ {4}"(\w+)": (.+),$/gm)].map(([, op = '', name = '']) => [op, name]),
  );

  it('has each operation that is let through, and no other', () => {
    expect([...functions.keys()]).toEqual(Object.keys(ATTRIBUTES));
  });

  it.each(Object.entries(ATTRIBUTES))('%s takes its attributes', (op, attributes) => {
    const signature = new RegExp(`^def ${functions.get(op) ?? ''}\\((.*?)\\):$`, 'ms').exec(script)?.[1];
    // Functions of PyTorch itself take none.
    const named = signature?.split(/\*\w*,/)[1] ?? '';
    const names = named.replace(/=(\([^)]*\)|[^,]*)/g, '').split(',');
    expect(new Set(names.map((name) => name.trim()).filter(Boolean))).toEqual(new Set(attributes));
  });
});
