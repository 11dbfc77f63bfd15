import type { Graph, Node, Parameter } from '../../graph/model/ir.ts';
import { importLayersModel } from '../../graph/tfjs/layers/import-layers-model.ts';
import { bytesOf, type ExportFormat, fileNamed } from '../format.ts';
import { writeLayersModel } from '../layers/write-layers-model.ts';

const FILE = 'model.json';
const WEIGHTS = 'weights.bin';
const METADATA = 'metadata.json';
/** The library divides pixels by this and subtracts one. Source: `src/utils/tf.ts` of `@teachablemachine/image` 0.8.5. */
const HALF_RANGE = 127;
const PIXELS = { scale: HALF_RANGE, shift: HALF_RANGE };

/** The three files that Teachable Machine gives for TensorFlow.js, for its library and for programs that take its zips. */
export const teachableMachineFormat: ExportFormat = {
  ending: '-teachable-machine.zip',
  bundled: true,
  assertHolds: (graph) => void writeLayersModel(graph, 'float32', PIXELS),
  write({ graph, labels, title, base, inputSize, abstainBelow }, precision) {
    const { json, weights } = writeLayersModel(graph, precision, PIXELS);
    const metadata = {
      tfjsVersion: '1.3.1',
      tmVersion: '2.4.5',
      packageVersion: '0.8.5',
      packageName: '@teachablemachine/image',
      userMetadata: { generatedBy: 'Graft', base, abstainBelow },
      modelName: title,
      labels,
      imageSize: inputSize,
    };
    return Promise.resolve([
      { path: FILE, content: json },
      { path: WEIGHTS, content: weights },
      { path: METADATA, content: JSON.stringify(metadata) },
    ]);
  },
  async read(files) {
    const json: unknown = JSON.parse(new TextDecoder().decode(await bytesOf(fileNamed(files, FILE))));
    return afterPixels(importLayersModel(json, await bytesOf(fileNamed(files, WEIGHTS))));
  },
  readMe: () => `## JavaScript

\`\`\`html
<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@1.3.1/dist/tf.min.js"></script>
<script src="https://cdn.jsdelivr.net/npm/@teachablemachine/image@0.8/dist/teachablemachine-image.min.js"></script>
\`\`\`

\`\`\`js
const model = await tmImage.load('model.json', 'metadata.json');
// A picture, a video or a canvas of any size.
const answers = await model.predict(element);
console.log(answers); // [{ className, probability }, ...]
\`\`\`

This library gives the model pixels / 127 - 1, and the model undoes that: any other program has to do the same.
`,
};

/** What the library does with pixels, before the network. */
function afterPixels(graph: Graph): Graph {
  const [input] = graph.inputs;
  if (input === undefined) throw new RangeError('A classifier has an input.');
  const constant = (name: string, value: number): Parameter => {
    return { name, role: 'constant', dtype: 'float32', shape: [], data: Float32Array.of(value) };
  };
  const [half, one] = [constant('tm/127', HALF_RANGE), constant('tm/1', 1)];
  const step = (op: string, inputs: readonly string[], output: string): Node => {
    return { name: output, op, inputs, outputs: [output], attributes: {} };
  };
  const before = [
    step('Div', ['tm/pixels', half.name], 'tm/divided'),
    step('Sub', ['tm/divided', one.name], input.name),
  ];
  return {
    ...graph,
    inputs: [{ ...input, name: 'tm/pixels' }],
    nodes: [...before, ...graph.nodes],
    parameters: new Map([...graph.parameters, [half.name, half], [one.name, one]]),
  };
}
