import { readSafetensors, writeSafetensors } from '../../graph/weights/safetensors.ts';
import { contract } from '../companions.ts';
import { bytesOf, type ExportedClassifier, type ExportFormat, fileNamed } from '../format.ts';
import { type NetworkConfig, networkConfig, networkOf, networkTensors } from '../pytorch/network-config.ts';
import script from '../pytorch/rebuild.py?raw';
import { TOLERANCE } from '../verify.ts';

const WEIGHTS = 'model.safetensors';
const CONFIG = 'config.json';
const SCRIPT = 'rebuild.py';
/** Version of `config.json`. */
const VERSION = 1;

/** The weights, what the network is made of, and a script that puts both together in PyTorch. */
export const safetensorsFormat: ExportFormat = {
  ending: '-safetensors.zip',
  bundled: true,
  assertHolds: (graph) => void networkConfig(graph),
  write: (classifier, precision) =>
    Promise.resolve([
      { path: WEIGHTS, content: writeSafetensors(networkTensors(classifier.graph, precision)) },
      { path: CONFIG, content: configText(classifier, TOLERANCE[precision]) },
      { path: SCRIPT, content: script },
    ]),
  async read(files) {
    const config = new TextDecoder().decode(await bytesOf(fileNamed(files, CONFIG)));
    const weights = readSafetensors(await bytesOf(fileNamed(files, WEIGHTS)));
    return networkOf(JSON.parse(config) as NetworkConfig, weights);
  },
  readMe: ({ inputSize }) => `## Python

\`\`\`sh
pip install torch safetensors pillow
python ${SCRIPT}              # asks the network about the test vectors
python ${SCRIPT} picture.jpg  # answers a picture
\`\`\`

\`\`\`python
import torch
from rebuild import load, pixels_of

network = load()  # a torch.nn.Module
with torch.no_grad():
    print(network(pixels_of("picture.jpg", ${inputSize})))  # [1, classes]
\`\`\`

\`${CONFIG}\` lists the steps of the network, named as in ONNX, with the tensors of \`${WEIGHTS}\` that each uses. Pictures and
everything over space are channels-last; the weights of a convolution are [height, width, inputs / group, outputs].
The script needs nothing else of this project: copy it and change it.
`,
};

/** One line for each step, so that the list can be read. */
function configText(classifier: ExportedClassifier, tolerance: number): string {
  const { nodes, parameters, ...network } = networkConfig(classifier.graph);
  const facts = { version: VERSION, ...contract(classifier), tolerance, ...network };
  const steps = nodes.map((node) => `    ${JSON.stringify(node)}`);
  const roles = Object.entries(parameters).map(
    ([name, role]) => `    ${JSON.stringify(name)}: ${JSON.stringify(role)}`,
  );
  return `${JSON.stringify(facts, null, 2).slice(0, -2)},
  "nodes": [
${steps.join(',\n')}
  ],
  "parameters": {
${roles.join(',\n')}
  }
}
`;
}
