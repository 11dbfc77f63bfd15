import type { Graph } from '../model/ir.ts';
import type { TensorBag } from '../weights/tensor-bag.ts';
import { TorchGraph } from './torch-graph.ts';

export interface EfficientNetLiteOptions {
  /** px */
  readonly inputSize: number;
  readonly batchNormEpsilon: number;
}

interface Stage {
  readonly repeats: number;
  readonly kernel: number;
  readonly stride: number;
  readonly expansion: number;
  readonly outputs: number;
}

const row = (repeats: number, kernel: number, stride: number, expansion: number, outputs: number): Stage => ({
  repeats,
  kernel,
  stride,
  expansion,
  outputs,
});

/**
 * Source: `_DEFAULT_BLOCKS_ARGS` of
 * https://github.com/tensorflow/tpu/blob/master/models/official/efficientnet/lite/efficientnet_lite_builder.py; Lite0 has
 * width and depth 1. The Lite family leaves squeeze-and-excitation away and has ReLU6 in place of swish.
 */
const STAGES: readonly Stage[] = [
  row(1, 3, 1, 1, 16),
  row(2, 3, 2, 6, 24),
  row(2, 5, 2, 6, 40),
  row(3, 3, 2, 6, 80),
  row(3, 5, 1, 6, 112),
  row(4, 5, 2, 6, 192),
  row(1, 3, 1, 6, 320),
];

const STEM_CHANNELS = 32;
const LAST_CHANNELS = 1280;
/** As TensorFlow pads: what cannot be halved goes to the right and the bottom. */
const SAME = { auto_pad: 'SAME_UPPER' };

/**
 * EfficientNet-Lite0 up to the last activation, `[N, S / 32, S / 32, 1280]`, from normalised pictures `[N, S, S, 3]`. The
 * tensors have the names of the package `efficientnet_lite_pytorch` (`_conv_stem.weight`, `_blocks.0._bn1.bias`, ...) and
 * PyTorch's layout. The classifier is not read.
 * @throws {EngineError} `model-unsupported` if a tensor is missing or has another shape.
 */
export function efficientNetLite0(bag: TensorBag, options: EfficientNetLiteOptions): Graph {
  const { inputSize, batchNormEpsilon: epsilon } = options;
  const graph = new TorchGraph(bag, ['images']);
  const clipping = [graph.scalar(0, 'relu6'), graph.scalar(6, 'relu6')];

  const layer = (x: string, conv: string, norm: string, shape: LayerShape): string => {
    const { inputs, outputs, kernel, stride = 1, depthwise = false, active = true } = shape;
    const y = graph.conv(x, conv, [inputs, outputs], { kernel, stride, depthwise, attributes: SAME });
    const normal = graph.batchNorm(y, norm, outputs, epsilon);
    return active ? graph.node('Clip', `${norm}.relu6`, [normal, ...clipping]) : normal;
  };

  let x = layer('images', '_conv_stem', '_bn0', { inputs: 3, outputs: STEM_CHANNELS, kernel: 3, stride: 2 });
  let channels = STEM_CHANNELS;
  let index = 0;
  for (const { repeats, kernel, stride: firstStride, expansion, outputs } of STAGES) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const name = `_blocks.${index++}`;
      const entry = x;
      const stride = repeat === 0 ? firstStride : 1;
      const wide = channels * expansion;
      if (expansion !== 1) {
        x = layer(x, `${name}._expand_conv`, `${name}._bn0`, { inputs: channels, outputs: wide, kernel: 1 });
      }
      const deep = { inputs: wide, outputs: wide, kernel, stride, depthwise: true };
      x = layer(x, `${name}._depthwise_conv`, `${name}._bn1`, deep);
      const project = { inputs: wide, outputs, kernel: 1, active: false };
      x = layer(x, `${name}._project_conv`, `${name}._bn2`, project);
      if (stride === 1 && channels === outputs) x = graph.node('Add', `${name}.sum`, [x, entry]);
      channels = outputs;
    }
  }
  x = layer(x, '_conv_head', '_bn1', { inputs: channels, outputs: LAST_CHANNELS, kernel: 1 });
  const shape = [null, inputSize, inputSize, 3];
  return graph.finish([{ name: 'images', dtype: 'float32', shape }], [x]);
}

/** A convolution with its normalisation and (mostly) activation. */
interface LayerShape {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly depthwise?: boolean;
  readonly active?: boolean;
}
