/** @file Models as people bring them, made at run time: ONNX, Teachable Machine, and what is wrong with either. */
import { createRng } from '../core/rng.ts';
import { zipOf } from './files/zips.ts';
import { onnxFile, type OnnxFile, type OnnxStep, type OnnxWeight } from './onnx/write-model.ts';

interface NetOptions {
  readonly size?: number;
  /** Leave batch, height and width open. Default: the batch only. */
  readonly open?: boolean;
  /** Insist on one picture, by a reshape to a fixed batch. */
  readonly onePicture?: boolean;
  readonly channels?: readonly number[];
}

/** Drawn once for all from a fixed seed; scaled so that activations neither fade nor explode. */
function drawer(): (
  name: string,
  ...dims: number[]
) => OnnxWeight & { readonly data: Float32Array<ArrayBuffer> } {
  const rng = createRng(5);
  return (name, ...dims) => {
    const count = dims.reduce((a, b) => a * b, 1);
    const spread = Math.sqrt(
      6 /
        Math.max(
          1,
          dims.slice(1).reduce((a, b) => a * b, 1),
        ),
    );
    const data = Float32Array.from({ length: count }, () => (rng.next() * 2 - 1) * spread);
    return { name, dims, data: dims.length === 1 ? data.map((value) => value * 0.01) : data };
  };
}

/** A convolutional classifier of ten classes as PyTorch exports it: `[N, 3, S, S]` in, `features.0.weight`, Gemm last. */
export function onnxNet(options: NetOptions = {}): OnnxFile {
  const { size = 32, open = false, onePicture = false, channels = [8, 12, 16, 24] } = options;
  const draw = drawer();
  const weights: OnnxWeight[] = [];
  const nodes: OnnxStep[] = [];
  let value = 'pixels';
  let before = 3;
  channels.forEach((width, i) => {
    weights.push(draw(`features.${i}.weight`, width, before, 3, 3), draw(`features.${i}.bias`, width));
    nodes.push({
      op: 'Conv',
      inputs: [value, `features.${i}.weight`, `features.${i}.bias`],
      output: `conv_${i}`,
      attributes: { kernel_shape: [3, 3], strides: i % 2 === 0 ? [2, 2] : [1, 1], pads: [1, 1, 1, 1] },
    });
    nodes.push({ op: 'Relu', inputs: [`conv_${i}`], output: `relu_${i}` });
    value = `relu_${i}`;
    before = width;
  });
  weights.push(draw('classifier.weight', 10, before), draw('classifier.bias', 10));
  nodes.push({ op: 'GlobalAveragePool', inputs: [value], output: 'pooled' });
  if (onePicture) {
    weights.push({ name: 'fixed', dims: [2], data: BigInt64Array.of(1n, BigInt(before)) });
    nodes.push({ op: 'Reshape', inputs: ['pooled', 'fixed'], output: 'flat' });
  } else nodes.push({ op: 'Flatten', inputs: ['pooled'], output: 'flat', attributes: { axis: 1 } });
  nodes.push({
    op: 'Gemm',
    inputs: ['flat', 'classifier.weight', 'classifier.bias'],
    output: 'logits',
    attributes: { transB: 1 },
  });
  const side = open ? ['height', 'width'] : [size, size];
  return {
    inputs: [{ name: 'pixels', shape: [onePicture ? 1 : 'batch', 3, ...side] }],
    outputs: [{ name: 'logits', shape: ['batch', 10] }],
    nodes,
    weights,
  };
}

/** The same with its largest weight in a file beside it. */
export function onnxWithExternalData(): { model: Uint8Array<ArrayBuffer>; data: Uint8Array<ArrayBuffer> } {
  const net = onnxNet();
  const large = net.weights.find(({ name }) => name === 'features.3.weight')!;
  const bytes = new Uint8Array(large.data!.buffer as ArrayBuffer);
  const external = { location: 'net.onnx.data', offset: 0, length: bytes.byteLength };
  const weights = net.weights.map((one) =>
    one === large ? { name: one.name, dims: one.dims, external } : one,
  );
  return { model: onnxFile({ ...net, weights }), data: bytes };
}

/** A network that reads word numbers. */
export function onnxText(): Uint8Array<ArrayBuffer> {
  const draw = drawer();
  return onnxFile({
    inputs: [{ name: 'input_ids', shape: ['batch', 'length'], type: 7 }],
    outputs: [{ name: 'words', shape: ['batch', 'length', 8] }],
    nodes: [{ op: 'Gather', inputs: ['table', 'input_ids'], output: 'words' }],
    weights: [draw('table', 20, 8)],
  });
}

/** A network that turns a picture into one number. */
export function onnxOneNumber(): Uint8Array<ArrayBuffer> {
  return onnxFile({
    inputs: [{ name: 'pixels', shape: ['batch', 3, 32, 32] }],
    outputs: [{ name: 'mean', shape: ['batch', 1] }],
    nodes: [
      { op: 'ReduceMean', inputs: ['pixels'], output: 'mean', attributes: { axes: [1, 2, 3], keepdims: 0 } },
    ],
    weights: [],
  });
}

/** A picture network that computes in eight-bit integers: no weight of it could learn. */
export function onnxQuantised(): Uint8Array<ArrayBuffer> {
  const kernel = Int8Array.from({ length: 16 * 3 * 9 }, (_, i) => Math.round(100 * Math.sin(i)));
  const zero = { name: 'zero', dims: [], data: Int8Array.of(0) };
  const scale = { name: 'scale', dims: [], data: Float32Array.of(0.05) };
  return onnxFile({
    inputs: [{ name: 'pixels', shape: ['batch', 3, 32, 32] }],
    outputs: [{ name: 'features', shape: ['batch', 16] }],
    nodes: [
      { op: 'QuantizeLinear', inputs: ['pixels', 'scale', 'zero'], output: 'whole' },
      {
        op: 'QLinearConv',
        inputs: ['whole', 'scale', 'zero', 'kernel', 'scale', 'zero', 'scale', 'zero'],
        output: 'map',
        attributes: { strides: [4, 4] },
      },
      { op: 'DequantizeLinear', inputs: ['map', 'scale', 'zero'], output: 'real' },
      { op: 'GlobalAveragePool', inputs: ['real'], output: 'pooled' },
      { op: 'Flatten', inputs: ['pooled'], output: 'features', attributes: { axis: 1 } },
    ],
    weights: [{ name: 'kernel', dims: [16, 3, 3, 3], data: kernel }, zero, scale],
  });
}

interface LayerJson {
  readonly class_name: string;
  readonly config: unknown;
}

/** What a Teachable Machine image export holds, on a trunk of three convolutions. */
export function teachableFiles(labels: readonly string[], size = 32) {
  const draw = drawer();
  const weights: ReturnType<typeof draw>[] = [];
  const conv = (name: string, from: number, filters: number, first = false): LayerJson => {
    weights.push(draw(`${name}/kernel`, 3, 3, from, filters), draw(`${name}/bias`, filters));
    const config = {
      name,
      filters,
      kernel_size: [3, 3],
      strides: [2, 2],
      padding: 'same',
      activation: 'relu',
      use_bias: true,
      ...(first && { batch_input_shape: [null, size, size, 3] }),
    };
    return { class_name: 'Conv2D', config };
  };
  const dense = (name: string, from: number, units: number, activation: string, bias: boolean): LayerJson => {
    weights.push(draw(`${name}/kernel`, from, units));
    if (bias) weights.push(draw(`${name}/bias`, units));
    return { class_name: 'Dense', config: { name, units, activation, use_bias: bias } };
  };
  const sequential = (name: string, layers: readonly LayerJson[]): LayerJson => ({
    class_name: 'Sequential',
    config: { name, layers },
  });
  const model = sequential('sequential_4', [
    sequential('sequential_1', [
      conv('Conv1', 3, 8, true),
      conv('block_1', 8, 16),
      conv('block_2', 16, 24),
      { class_name: 'GlobalAveragePooling2D', config: { name: 'pool' } },
    ]),
    sequential('sequential_3', [
      dense('dense_Dense1', 24, 20, 'relu', true),
      dense('dense_Dense2', 20, labels.length, 'softmax', false),
    ]),
  ]);
  const specs = weights.map(({ name, dims }) => ({ name, shape: dims, dtype: 'float32' }));
  const json = { modelTopology: model, weightsManifest: [{ paths: ['weights.bin'], weights: specs }] };
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const metadata = {
    tfjsVersion: '1.3.1',
    tmVersion: '2.4.7',
    modelName: 'tm-my-image-model',
    labels,
    imageSize: size,
  };
  return [
    { path: 'metadata.json', bytes: text(metadata) },
    { path: 'weights.bin', bytes: joinedBytes(weights.map(({ data }) => data)) },
    { path: 'model.json', bytes: text(json) },
  ];
}

/** The zip that people download from Teachable Machine. */
export function teachableZip(labels: readonly string[], size?: number): Promise<Uint8Array<ArrayBuffer>> {
  return zipOf(teachableFiles(labels, size));
}

function joinedBytes(parts: readonly Float32Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Float32Array.from(parts.flatMap((part) => [...part])).buffer);
}
