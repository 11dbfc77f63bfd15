import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { zipOf } from '../../testing/files/zips.ts';
import { onnxFile } from '../../testing/onnx/write-model.ts';
import {
  onnxNet,
  onnxQuantised,
  onnxOneNumber,
  onnxText,
  onnxWithExternalData,
  teachableFiles,
  teachableZip,
} from '../../testing/own-models.ts';
import { Inspection } from './inspection.ts';
import { unpacked } from './model-files.ts';
import { readModel } from './read-model.ts';

beforeAll(() => tf.setBackend('cpu'));

type Entry = readonly [path: string, bytes: Uint8Array<ArrayBuffer>];
const BENCH = { backend: 'cpu' as const, onStage: () => undefined, assertGoing: () => undefined };

async function read(...entries: Entry[]) {
  const files = entries.map(([path, bytes]) => ({ path, file: new Blob([bytes]) }));
  return readModel(await unpacked(files, new AbortController().signal));
}

async function report(...entries: Entry[]) {
  return new Inspection(await read(...entries)).report('id', BENCH);
}

const text = (value: string) => new TextEncoder().encode(value);

describe('an ONNX file', () => {
  test('is reported with its format, ops, blocks, and what learns', async () => {
    const before = tf.memory().numTensors;
    const found = await report(['nets/my-net.onnx', onnxFile(onnxNet())]);
    expect(tf.memory().numTensors).toBe(before);
    expect(found).toMatchObject({
      name: 'my-net',
      format: 'onnx',
      producer: 'pytorch, opset 17',
      fixedSize: 32,
      inputs: [{ name: 'pixels', type: 'float32', shape: ['batch', 3, 32, 32] }],
      outputs: [{ name: 'logits', type: 'float32', shape: [null, 10] }],
      guess: { inputSize: 32, range: 'imagenet', channelOrder: 'rgb', features: 'flat' },
      clue: 'torchvision',
    });
    expect(found.ops.find(({ op }) => op === 'Conv')).toEqual({ op: 'Conv', count: 4 });
    const trunk = (3 * 8 + 8 * 12 + 12 * 16 + 16 * 24) * 9 + 8 + 12 + 16 + 24;
    const head = 24 * 10 + 10;
    expect(found.parameters).toBe(trunk + head);
    const { check } = found;
    expect(check).toMatchObject({
      ok: true,
      featureSize: 24,
      trainable: trunk,
      headOnly: false,
      warnings: [{ kind: 'few-features', size: 24 }],
    });
    if (!check.ok) return;
    expect(check.blocks.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(trunk);
    expect(check.kept).toEqual([{ reason: 'old-head', count: head }]);
    expect(check.memory.training).toBeGreaterThan(check.memory.forward / 10);
    expect(check.forwardMs).toBeGreaterThan(0);
  });

  test('of open size is tried at the side that is asked for, with blue first if it wants', async () => {
    const bytes = onnxFile(onnxNet({ open: true, channels: [4, 6] }));
    const inspection = new Inspection(await read(['a.onnx', bytes]));
    expect(inspection.input.fixedSize).toBeNull();
    const settings = { range: 'unit', channelOrder: 'bgr', features: 'flat' } as const;
    const small = await inspection.check({ ...settings, inputSize: 16 }, BENCH);
    expect(small).toMatchObject({ ok: true, featureSize: 6 });
    expect(small.ok && small.blocks[0]?.outputShape).toEqual([8, 8, 4]);
    expect(await inspection.check({ ...settings, inputSize: 5000 }, BENCH)).toMatchObject({
      ok: false,
      error: { code: 'model-no-pictures' },
    });
  });

  test('has other values to take features from', async () => {
    const inspection = new Inspection(await read(['a.onnx', onnxFile(onnxNet())]));
    const { features, guess } = await inspection.report('id', BENCH);
    const values = features.map(({ value }) => value.replace(/#\d+$/, ''));
    expect(values).toEqual(['logits', 'flat', 'relu_2', 'relu_1', 'relu_0']);
    const map = await inspection.check({ ...guess, features: features[2]?.value ?? '' }, BENCH);
    expect(map).toMatchObject({ ok: true, featureSize: 16 });
    expect(await inspection.check({ ...guess, features: 'nothing' }, BENCH)).toMatchObject({
      ok: false,
      error: { code: 'model-no-features' },
    });
  });

  test('that names the class itself has an output of whole numbers, which is told as such', async () => {
    const net = onnxNet();
    const last = { op: 'ArgMax', inputs: ['logits'], output: 'class', attributes: { axis: 1, keepdims: 0 } };
    const outputs = [{ name: 'class', shape: ['batch'] }];
    const found = await report(['a.onnx', onnxFile({ ...net, outputs, nodes: [...net.nodes, last] })]);
    expect(found.outputs).toEqual([{ name: 'class', type: 'int64', shape: [null] }]);
    expect(found.check).toMatchObject({ ok: true, headOnly: false });
  });

  test('takes its larger weights from the file beside it', async () => {
    const { model, data } = onnxWithExternalData();
    const source = await read(['x/net.onnx', model], ['x/net.onnx.data', data]);
    expect(source.files.map(({ name }) => name)).toEqual(['model.onnx', 'net.onnx.data']);
    await expect(read(['net.onnx', model])).rejects.toMatchObject({
      code: 'model-incomplete',
      detail: { file: 'net.onnx.data' },
    });
  });

  test('is told by its content, not by its name', async () => {
    expect((await read(['picture.jpg', onnxFile(onnxNet())])).format).toBe('onnx');
  });
});

describe('colours and ranges', () => {
  const brightness = async (settings: object) => {
    const inspection = new Inspection(await read(['a.onnx', onnxFile(onnxNet())]));
    const graph = inspection.trunk({
      inputSize: 32,
      range: 'bytes',
      channelOrder: 'rgb',
      features: 'flat',
      ...settings,
    });
    const { ModelNetwork } = await import('../../graph/model-network.ts');
    const network = new ModelNetwork(graph);
    const red = tf.tile(tf.tensor([200, 10, 60], [1, 1, 1, 3]), [1, 32, 32, 1]);
    const blue = tf.reverse(red, 3);
    const run = (x: tf.Tensor) => Array.from(network.run(x, 0, network.blocks.length).dataSync());
    return { red: run(red), blue: run(blue) };
  };

  test('blue first is red first with the colours turned, whatever the range', async () => {
    for (const range of ['unit', 'signed', 'bytes'] as const) {
      const rgb = await brightness({ range });
      const bgr = await brightness({ range, channelOrder: 'bgr' });
      expect(bgr.red).toEqual(rgb.blue);
      expect(bgr.blue).toEqual(rgb.red);
    }
  });

  test('the mean and deviation of ImageNet are those of the colour, whatever the order', async () => {
    const by = (value: number, mean: number, std: number) => (value / 255 - mean) / std;
    const source = await read(['a.onnx', onnxFile(onnxNet())]);
    const graph = new Inspection(source).trunk({
      inputSize: 32,
      range: 'imagenet',
      channelOrder: 'bgr',
      features: 'flat',
    });
    const scale = graph.parameters.get('pixels-2/scale')?.data as Float32Array;
    const offset = graph.parameters.get('pixels-2/offset')?.data as Float32Array;
    expect((scale[0] ?? 0) * 100 + (offset[0] ?? 0)).toBeCloseTo(by(100, 0.406, 0.225), 4);
    expect((scale[2] ?? 0) * 100 + (offset[2] ?? 0)).toBeCloseTo(by(100, 0.485, 0.229), 4);
  });
});

describe('a Teachable Machine zip', () => {
  test('opens with its labels, its range, and features below its own two layers', async () => {
    const found = await report(['export.zip', await teachableZip(['Cat', 'Dog', 'Nobody'])]);
    expect(found).toMatchObject({
      format: 'teachable-machine',
      producer: 'Teachable Machine 2.4.7',
      labels: ['Cat', 'Dog', 'Nobody'],
      guess: { inputSize: 32, range: 'signed' },
      clue: 'teachable-machine',
      check: { ok: true, featureSize: 24, headOnly: false },
    });
    expect(found.check.ok && found.check.kept).toEqual([
      { reason: 'old-head', count: 24 * 20 + 20 + 20 * 3 },
    ]);
  });

  test('opens unpacked as well, in any folder', async () => {
    const files = teachableFiles(['a', 'b']).map(({ path, bytes }): Entry => [`converted/${path}`, bytes]);
    expect((await read(...files)).format).toBe('teachable-machine');
    const withoutWeights = files.filter(([path]) => !path.endsWith('.bin'));
    await expect(read(...withoutWeights)).rejects.toMatchObject({
      code: 'model-incomplete',
      detail: { file: 'weights.bin' },
    });
  });

  test('keeps a feature value that the importer numbers anew', async () => {
    const inspection = new Inspection(await read(['a.zip', await teachableZip(['a', 'b'])]));
    const { guess } = await inspection.report('id', BENCH);
    const renumbered = guess.features.replace(/#\d+$/, '#9999');
    expect(renumbered).not.toBe(guess.features);
    expect(await inspection.check({ ...guess, features: renumbered }, BENCH)).toMatchObject({
      ok: true,
      featureSize: 24,
    });
  });
});

describe('what cannot be taken', () => {
  const net = onnxFile(onnxNet());
  const strange = onnxFile({
    ...onnxNet(),
    nodes: onnxNet().nodes.map((node) => (node.op === 'Relu' ? { ...node, op: 'Warp' } : node)),
  });

  test.each<[string, Entry[], string, object?]>([
    ['an unknown operation', [['a.onnx', strange]], 'model-unsupported', { ops: 'Warp' }],
    ['a cut file', [['a.onnx', net.slice(0, net.length - 400)]], 'model-damaged'],
    ['a text model', [['a.onnx', onnxText()]], 'model-text'],
    ['nothing but a number', [['a.onnx', onnxOneNumber()]], 'model-no-features'],
    ['a picture', [['a.onnx', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16)]], 'model-none'],
    ['an empty file', [['a.onnx', new Uint8Array()]], 'file-empty'],
    [
      'two models',
      [
        ['a.onnx', net],
        ['b.onnx', net],
      ],
      'model-several',
      { names: 'a.onnx, b.onnx' },
    ],
    ['a Keras file', [['model.h5', text('\u0089HDF\r\n')]], 'model-none'],
    [
      'a Keras file by its bytes',
      [['m', Uint8Array.of(0x89, 72, 68, 70, 13, 10)]],
      'model-format',
      { format: 'Keras (HDF5)' },
    ],
    [
      'TensorFlow Lite',
      [['m', Uint8Array.of(28, 0, 0, 0, 84, 70, 76, 51)]],
      'model-format',
      { format: 'TensorFlow Lite' },
    ],
    ['a pickle', [['m.pt', Uint8Array.of(0x80, 2, 0x7d)]], 'model-format', { format: 'PyTorch' }],
    ['GGUF', [['m', text('GGUF\u0003')]], 'model-format', { format: 'GGUF' }],
    ['a web page', [['model.json', text('<!DOCTYPE html><html>')]], 'model-web-page'],
    [
      'a Git LFS pointer',
      [['a.onnx', text('version https://git-lfs.github.com/spec/v1\noid')]],
      'model-pointer',
    ],
    ['a cut model.json', [['model.json', text('{"modelTopology": {"node": [')]], 'model-damaged'],
    ['other JSON', [['package.json', text('{"name": "x"}')]], 'model-none'],
  ])('%s is refused by name', async (_, entries, code, detail) => {
    await expect(report(...entries)).rejects.toMatchObject({ code, ...(detail && { detail }) });
  });

  test('weights of 2 GiB that are claimed but not there', async () => {
    const files = teachableFiles(['a', 'b']);
    const json = new TextDecoder().decode(files.find(({ path }) => path === 'model.json')!.bytes);
    const lie = json.replace('"shape":[24,20]', '"shape":[524288,1024]');
    const entries = files.map(({ path, bytes }): Entry => [path, path === 'model.json' ? text(lie) : bytes]);
    expect(lie).not.toBe(json);
    await expect(report(...entries)).rejects.toMatchObject({ code: 'model-damaged' });
    const large = onnxNet().weights.map((weight) =>
      weight.name === 'classifier.weight' ? { ...weight, dims: [524_288, 1024] } : weight,
    );
    await expect(report(['a.onnx', onnxFile({ ...onnxNet(), weights: large })])).rejects.toMatchObject({
      code: 'model-damaged',
    });
  });

  test('a zip that unpacks to too much', async () => {
    const zeros = new Blob(Array.from({ length: 16 }, () => new Uint8Array(1 << 20)));
    const zip = await zipOf([{ path: 'weights.bin', bytes: zeros }]);
    await expect(report(['m.zip', zip])).rejects.toMatchObject({ code: 'zip-bomb' });
  });

  test('a zip that is cut', async () => {
    const zip = await teachableZip(['a', 'b']);
    await expect(report(['m.zip', zip.slice(0, zip.length / 2)])).rejects.toMatchObject({
      code: 'zip-damaged',
    });
  });

  test('a network for one picture at a time says so in its report', async () => {
    const found = await report(['a.onnx', onnxFile(onnxNet({ onePicture: true }))]);
    expect(found.check).toMatchObject({ ok: false, error: { code: 'model-one-picture' } });
  });

  test('a network whose weights cannot learn can be taken, for its head alone', async () => {
    const found = await report(['a.onnx', onnxQuantised()]);
    expect(found.check).toMatchObject({
      ok: true,
      trainable: 0,
      headOnly: true,
      kept: [{ reason: 'quantised', count: 16 * 3 * 9 }],
    });
    expect(found.check.ok && found.check.warnings.map(({ kind }) => kind)).toContain('nothing-to-train');
  });
});
