import type { ModelFormat, PixelRange, RangeClue } from '../../core/own-model.ts';
import type { Graph, Node } from '../../graph/model/ir.ts';
import { isFloat, sizeOf, toNumbers } from '../../graph/model/tensor-data.ts';
import type { PictureInput } from './picture-input.ts';

interface Guess {
  readonly range: PixelRange;
  readonly clue: RangeClue;
}

/** Steps from the input on that may belong to a network's own scaling of pixels. */
const FIRST_STEPS = 4;

/**
 * What a network expects of its pixels, from what it does first and from who made it: Teachable Machine and the
 * MobileNets of Keras -1..1 (https://keras.io/api/applications/mobilenet), models of TensorFlow Hub 0..1
 * (https://www.tensorflow.org/hub/common_signatures/images), PyTorch's the mean and deviation of ImageNet
 * (https://pytorch.org/vision/stable/models.html).
 */
export function guessRange(graph: Graph, input: PictureInput, format: ModelFormat, producer: string): Guess {
  if (format === 'teachable-machine') return { range: 'signed', clue: 'teachable-machine' };
  if (!isFloat(input.dtype)) return { range: 'bytes', clue: 'integers' };
  if (scalesItself(graph, input.name)) return { range: 'bytes', clue: 'inside' };
  if (/pytorch|torch/i.test(producer)) return { range: 'imagenet', clue: 'torchvision' };
  if (format === 'tfjs-graph') return { range: 'unit', clue: 'hub' };
  if (format === 'tfjs-layers' || /keras|tf2onnx|tensorflow/i.test(producer))
    return { range: 'signed', clue: 'keras' };
  return { range: 'unit', clue: 'none' };
}

/** Whether the first steps divide by about 128 or 255: then the network takes bytes as they are. */
function scalesItself(graph: Graph, input: string): boolean {
  let value = input;
  for (let step = 0; step < FIRST_STEPS; step++) {
    const node = graph.nodes.find(({ inputs }) => inputs.includes(value));
    const [next] = node?.outputs ?? [];
    if (node === undefined || next === undefined) return false;
    const factor = constantOf(graph, node, value);
    if (factor !== null && node.op === 'Mul' && Math.abs(factor) < 0.02) return true;
    if (factor !== null && node.op === 'Div' && Math.abs(factor) > 50) return true;
    value = next;
  }
  return false;
}

function constantOf(graph: Graph, { inputs }: Node, value: string): number | null {
  const other = inputs.find((name) => name !== null && name !== value);
  const parameter = other === undefined || other === null ? undefined : graph.parameters.get(other);
  if (parameter === undefined || parameter.dtype === 'string' || sizeOf(parameter.shape) > 4) return null;
  return toNumbers(parameter)[0] ?? null;
}
