/**
 * @file The bundle for Python: the script in it rebuilds each picture pack that is here, and small networks of all
 * operations that it has, in PyTorch. Its answers must be the page's own.
 */
import '@tensorflow/tfjs-backend-cpu';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readZip } from '../../src/archive/read-zip.ts';
import type { ExportPrecision } from '../../src/core/export.ts';
import { exportModel } from '../../src/export/export-model.ts';
import { ATTRIBUTES } from '../../src/export/pytorch/operations.ts';
import { type Answer, createAnswer, TOLERANCE } from '../../src/export/verify.ts';
import type { Graph } from '../../src/graph/model/ir.ts';
import {
  rareClassifier,
  SKETCH_SIDE,
  sketchedClassifier,
} from '../../src/testing/graphs/sketched-classifier.ts';
import {
  answersHere,
  classifierOf,
  exportablePacks,
  fineTuned,
  loadTrunk,
  randomHead,
  randomPixels,
  SIDE,
} from '../testing/small-trunks.ts';
import { ensureEnvironment, findPython } from './environment.ts';

const LABELS = ['cat', '狗', 'fish'];
/** That PyTorch is asked about beside the test vectors. */
const PICTURES = 100;
/** Of pictures that JavaScript computes at a time. */
const BATCH = 4;
const DRIVER = fileURLToPath(new URL('rebuilt.py', import.meta.url));

const found = findPython();
if ('missing' in found) console.log(`Rebuilt in PyTorch: skipped, ${found.missing}.`);
const python = 'missing' in found ? '' : ensureEnvironment(found.command);
await tf.setBackend('cpu');
const ids = await exportablePacks();

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'rebuilt-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function inPython(args: readonly string[], cwd: string) {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' };
  const { status, stdout, stderr } = spawnSync(python, args, { cwd, encoding: 'utf8', env });
  return { status, said: `${stdout}${stderr}`.trim() };
}

interface Exported {
  readonly graph: Graph;
  readonly side: number;
  readonly answer: Answer;
  readonly precision: ExportPrecision;
}

/** The bundle as a person gets it, unpacked. */
async function bundle({ graph, side, answer, precision }: Exported) {
  const base = { name: 'Trunk', licence: 'Apache-2.0', source: 'somewhere' };
  const { signal } = new AbortController();
  const { file, check } = await exportModel(
    {
      graph,
      inputSize: side,
      labels: LABELS,
      title: 'Pets',
      language: 'en',
      base,
      temperature: 1,
      abstainBelow: 0.2,
    },
    answer,
    { format: 'safetensors', precision, card: '# Card', pictures: [], signal },
  );
  expect(check.agreeing).toBe(16);
  const target = mkdtempSync(join(folder, 'bundle-'));
  const sizes: Record<string, number> = { zip: file.size };
  for await (const item of readZip(file, signal)) {
    const content = await item.read();
    const path = join(target, item.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    sizes[item.path] = content.length;
  }
  return { target, sizes };
}

/** What the network that the bundle's script rebuilt answers. */
function rebuiltAnswers(target: string, side: number, pixels: Float32Array): Float32Array {
  const [input, output] = [join(target, 'pixels.bin'), join(target, 'answers.bin')];
  writeFileSync(input, pixels);
  expect(inPython([DRIVER, target, String(side), input, output], folder)).toEqual({ status: 0, said: '' });
  return new Float32Array(new Uint8Array(readFileSync(output)).buffer);
}

function largestDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found.length).toBe(expected.length);
  return Array.from(expected).reduce((most, value, i) => {
    const apart = Math.abs(value - (found[i] ?? NaN));
    return Number.isNaN(apart) ? Infinity : Math.max(most, apart);
  }, 0);
}

describe.skipIf('missing' in found)('rebuilt in PyTorch', () => {
  test.each(ids)('%s, fine-tuned, answers as here', async (id) => {
    const pretrained = await loadTrunk(id);
    const head = randomHead(pretrained.featureSize);
    const network = await fineTuned(pretrained, head);
    const graph = classifierOf(network, head);
    const answer = (pixels: Float32Array) =>
      Promise.resolve(Float32Array.from(answersHere(network, head, pixels).data as Float32Array));
    const pixels = randomPixels(PICTURES);
    const size = (BATCH * pixels.length) / PICTURES;
    const expected: number[] = [];
    for (let at = 0; at < pixels.length; at += size)
      expected.push(...(await answer(pixels.slice(at, at + size))));
    for (const precision of ['float32', 'float16'] as const) {
      const { target, sizes } = await bundle({ graph, side: SIDE, answer, precision });
      const check = inPython(['rebuild.py'], target);
      expect(check).toEqual({ status: 0, said: expect.stringMatching(/^16 of 16 the same/) as string });
      const difference = largestDifference(rebuiltAnswers(target, SIDE, pixels), expected);
      expect(difference).toBeLessThan(TOLERANCE[precision]);
      console.log(id, precision, sizes, check.said, `of ${PICTURES} pictures ${difference.toExponential(1)}`);
    }
    network.dispose();
    pretrained.dispose();
  });

  test('every operation that the script has', async () => {
    const graphs = [sketchedClassifier(), rareClassifier()];
    const ops = new Set(graphs.flatMap(({ nodes }) => nodes.map(({ op }) => op)));
    expect([...ops].sort()).toEqual(Object.keys(ATTRIBUTES).sort());
    for (const graph of graphs) {
      const { answer, dispose } = createAnswer(graph, SKETCH_SIDE);
      const { target } = await bundle({ graph, side: SKETCH_SIDE, answer, precision: 'float32' });
      const pixels = randomPixels(1).slice(0, SKETCH_SIDE * SKETCH_SIDE * 3);
      const difference = largestDifference(rebuiltAnswers(target, SKETCH_SIDE, pixels), await answer(pixels));
      expect(difference).toBeLessThan(1e-5);
      expect(inPython(['rebuild.py'], target).said).toMatch(/^16 of 16 the same/);
      dispose();
    }
  });

  test('the script notices other weights, and answers a picture', async () => {
    const graph = sketchedClassifier();
    const { answer, dispose } = createAnswer(graph, SKETCH_SIDE);
    const { target } = await bundle({ graph, side: SKETCH_SIDE, answer, precision: 'float32' });
    dispose();
    const make = "from PIL import Image; Image.new('RGB', (40, 30), (200, 40, 90)).save('picture.png')";
    expect(inPython(['-c', make], target).status).toBe(0);
    const { status, said } = inPython(['rebuild.py', 'picture.png'], target);
    expect(status).toBe(0);
    const pixels = Float32Array.from(
      { length: SKETCH_SIDE * SKETCH_SIDE * 3 },
      (_, i) => [200, 40, 90][i % 3] ?? 0,
    );
    const expected = await createAnswer(graph, SKETCH_SIDE).answer(pixels);
    expect(said.split(/\r?\n/).slice(-3)).toEqual(
      LABELS.map((label, i) => `${(expected[i] ?? NaN).toFixed(3)} ${label}`),
    );

    const weights = join(target, 'model.safetensors');
    const bytes = readFileSync(weights);
    bytes.fill(0, bytes.length - 12);
    writeFileSync(weights, bytes);
    expect(inPython(['rebuild.py'], target)).toMatchObject({ status: 1 });
  });
});
