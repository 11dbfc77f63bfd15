import { importGraphModel } from '../../graph/tfjs/import-graph-model.ts';
import { bytesOf, type ExportFormat, fileNamed } from '../format.ts';
import { writeGraphModel } from '../tfjs/write-graph-model.ts';

const FILE = 'model.json';

/** A graph model of TensorFlow.js: `model.json` and its weights. */
export const tfjsFormat: ExportFormat = {
  ending: '-tfjs.zip',
  bundled: true,
  write({ graph, labels, base, inputSize, abstainBelow }, precision) {
    const metadata = { labels, base, inputSize, abstainBelow };
    const { json, shards } = writeGraphModel(graph, { precision, metadata });
    const weights = shards.map(({ path, blob }) => ({ path, content: blob }));
    return Promise.resolve([{ path: FILE, content: json }, ...weights]);
  },
  async read(files) {
    const json: unknown = JSON.parse(new TextDecoder().decode(await bytesOf(fileNamed(files, FILE))));
    const shards = await Promise.all(files.filter(({ path }) => path !== FILE).map(bytesOf));
    return importGraphModel(json, new Uint8Array(await new Blob(shards).arrayBuffer()));
  },
  readMe: ({ inputSize }) => `## JavaScript

\`\`\`js
import * as tf from '@tensorflow/tfjs';

const labels = (await (await fetch('labels.txt')).text()).trim().split('\\n');
const model = await tf.loadGraphModel('model.json');
// A picture, a video or a canvas that is square; the model wants pixels 0..255.
const answers = tf.tidy(() => {
  const pixels = tf.browser.fromPixels(element).toFloat();
  return model.predict(tf.image.resizeBilinear(pixels, [${inputSize}, ${inputSize}]).expandDims());
});
const probabilities = await answers.data();
answers.dispose();
\`\`\`

## p5.js

\`\`\`html
<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4"></script>
\`\`\`

\`\`\`js
let model;
let video;
async function setup() {
  createCanvas(320, 240);
  video = createCapture(VIDEO);
  video.size(320, 240);
  model = await tf.loadGraphModel('model.json');
}
function draw() {
  image(video, 0, 0);
  if (!model) return;
  const best = tf.tidy(() => {
    const square = tf.browser.fromPixels(video.elt).slice([0, 40, 0], [240, 240, 3]).toFloat();
    const small = tf.image.resizeBilinear(square, [${inputSize}, ${inputSize}]).expandDims();
    return model.predict(small).argMax(1).dataSync()[0];
  });
  text('answer ' + best, 10, 230);
}
\`\`\`
`,
};
