import { escapeHtml } from '../../core/escape.ts';
import type { ExportPrecision } from '../../core/export.ts';
import { importOnnx } from '../../graph/onnx/import-onnx.ts';
import { bytesOf, type ExportedClassifier, type ExportFormat, fileNamed } from '../format.ts';
import { FACTS_ID, MODEL_ID, type PlayerFacts } from '../player-facts.ts';
import { TOLERANCE } from '../verify.ts';
import { onnxFile } from './onnx.ts';
import style from './player.css?raw';

const FILE = 'model.html';

/** One page that runs the model by itself, from a file, with the network off. Its model is ONNX inside. */
export const htmlFormat: ExportFormat = {
  ending: '.html',
  bundled: false,
  write: async (classifier, precision) => [{ path: FILE, content: await page(classifier, precision) }],
  read: async (files) => importOnnx(modelOf(new TextDecoder().decode(await bytesOf(fileNamed(files, FILE))))),
  readMe: () => '',
};

/** No connection but to what is in the file itself. The script needs no evaluation of text, only WebAssembly. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; connect-src data:; img-src blob:; media-src blob: mediastream:";

async function page(classifier: ExportedClassifier, precision: ExportPrecision): Promise<string> {
  const { PLAYER_SCRIPT } = await import('virtual:graft-player');
  const { title, language, labels, inputSize, abstainBelow, base, vectors } = classifier;
  const facts: PlayerFacts = {
    ...{ title, language, labels, inputSize, abstainBelow, base },
    expected: vectors.probabilities,
    tolerance: TOLERANCE[precision],
  };
  const model = base64(await bytesOf(onnxFile(classifier, precision)));
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<script type="application/json" id="${FACTS_ID}">${inScript(JSON.stringify(facts))}</script>
<script type="text/plain" id="${MODEL_ID}">${model}</script>
<script>${PLAYER_SCRIPT}</script>
</body>
</html>
`;
}

function modelOf(html: string): Uint8Array<ArrayBuffer> {
  const opening = `id="${MODEL_ID}">`;
  const from = html.indexOf(opening) + opening.length;
  return Uint8Array.from(atob(html.slice(from, html.indexOf('<', from))), (sign) => sign.charCodeAt(0));
}

function base64(bytes: Uint8Array): string {
  // Whole groups of three bytes, so that the parts can be joined.
  const part = 0x6000;
  let text = '';
  for (let at = 0; at < bytes.length; at += part) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + part)));
  }
  return text;
}

/** Whatever a class is called, it does not end the script; in JSON this means the same. */
function inScript(text: string): string {
  return text.replace(/<(?=\/script|!--|script)/gi, '\\u003c');
}
