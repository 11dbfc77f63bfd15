import type { ExportPrecision } from '../../core/export.ts';
import { importOnnx } from '../../graph/onnx/import-onnx.ts';
import { writeOnnx } from '../../graph/onnx/write-onnx.ts';
import {
  bytesOf,
  type ExportedClassifier,
  type ExportFile,
  type ExportFormat,
  fileNamed,
} from '../format.ts';

const FILE = 'model.onnx';

/** A file of ONNX: preprocessing, trunk, head and softmax inside; the labels in its metadata as a JSON list. */
export const onnxFormat: ExportFormat = {
  ending: '-onnx.zip',
  bundled: true,
  write: (classifier, precision) => Promise.resolve([onnxFile(classifier, precision)]),
  read: async (files) => importOnnx(await bytesOf(fileNamed(files, FILE))),
  readMe: ({ inputSize }) => `## Python

\`\`\`python
# pip install onnxruntime pillow numpy
import numpy as np
import onnxruntime
from PIL import Image, ImageOps

labels = open("labels.txt", encoding="utf-8").read().splitlines()
session = onnxruntime.InferenceSession("model.onnx")
picture = ImageOps.exif_transpose(Image.open("picture.jpg")).convert("RGB")
square = ImageOps.fit(picture, (${inputSize}, ${inputSize}))
pixels = np.asarray(square, dtype=np.float32)[np.newaxis]
(probabilities,) = session.run(None, {"pixels": pixels})
best = int(probabilities[0].argmax())
print(labels[best], float(probabilities[0][best]))
\`\`\`

## JavaScript

\`\`\`js
import * as ort from 'onnxruntime-web';

const session = await ort.InferenceSession.create('model.onnx');
// RGB pixels 0..255 of the largest centred square, resized to ${inputSize} x ${inputSize}: [1, ${inputSize}, ${inputSize}, 3]
const pixels = new ort.Tensor('float32', values, [1, ${inputSize}, ${inputSize}, 3]);
const { probabilities } = await session.run({ pixels });
\`\`\`
`,
};

/** Cost: the weights once more, while the file is put together. @throws {EngineError} `model-unsupported`. */
export function onnxFile(classifier: ExportedClassifier, precision: ExportPrecision): ExportFile {
  const { graph, labels, base, inputSize } = classifier;
  const { pieces } = writeOnnx(graph, {
    precision,
    name: 'classifier',
    description:
      `A picture classifier on top of ${base.name}. Input: RGB pixels 0..255 as float32, ` +
      `[batch, ${inputSize}, ${inputSize}, 3]. Output: one probability per label.`,
    metadata: {
      labels: JSON.stringify(labels),
      base_model: base.name,
      base_model_source: base.source,
      license: base.licence,
    },
  });
  return { path: FILE, content: new Blob([...pieces], { type: 'application/octet-stream' }) };
}
