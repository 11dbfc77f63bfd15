import { readFile, rename } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import '@tensorflow/tfjs-backend-cpu';
import type { Page } from '@playwright/test';
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { readZip } from '../../src/archive/read-zip.ts';
import type { ExportFormatId } from '../../src/core/export.ts';
import { pattern } from '../../src/export/test-vectors.ts';
import { readModelProto } from '../../src/graph/onnx/proto.ts';
import { encodePng } from '../../src/testing/files/png.ts';
import { runInOrt, tensorOf } from '../../src/testing/onnx/ort.ts';
import { expect, given, test } from '../fixtures.ts';
import type { GraftPage } from '../pages/graft-page.ts';

/** One colour all over: however it is decoded and resized, every pixel is this. */
const COLOUR = [200, 40, 90] as const;
const SIDE = 224;

const picture = () =>
  encodePng({ width: SIDE, height: SIDE, colour: 'rgb', pixel: () => COLOUR.map((part) => part / 255) });

type Answers = readonly { readonly name: string; readonly percent: string }[];

/** Teaches three classes; gives what the page answers to the picture. */
async function teach(graft: GraftPage, folder: string): Promise<Answers> {
  await graft.open();
  await graft.prepare.addFolder(folder);
  await graft.prepare.waitForPictures(18);
  await graft.fineTune.teach();
  await graft.live.chooseFile(given('colour.png', await picture(), 'image/png'));
  await expect(graft.live.rows).toHaveCount(3);
  const answers = await graft.live.answers();
  await graft.goTo('use');
  return answers;
}

/** Saves the model; the page must say that it was compared. */
async function save(graft: GraftPage, page: Page, format: ExportFormatId): Promise<string> {
  await page.getByRole('radio', { name: graft.say(`use:export.formats.${format}`) }).check();
  const download = page.waitForEvent('download', { timeout: 60_000 });
  await page.getByRole('button', { name: graft.say('use:export.save') }).click();
  const saved = await download;
  await expect(page.getByText(saved.suggestedFilename())).toBeVisible();
  await expect(page.getByText(/32 of 32 answers the same/)).toBeVisible();
  return saved.path();
}

async function unzipped(path: string): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const zip = new Blob([await readFile(path)]);
  for await (const item of readZip(zip, new AbortController().signal)) {
    files.set(item.path, await item.read());
  }
  return files;
}

/** A model of TensorFlow.js as its loaders want it. */
async function artifactsOf(path: string) {
  const files = await unzipped(path);
  const { weightsManifest, ...artifacts } = jsonOf(files, 'model.json') as {
    modelTopology: object;
    weightsManifest: { paths: string[]; weights: never[] }[];
  };
  const shards = weightsManifest.flatMap(({ paths }) =>
    paths.map((name) => files.get(name.replace(/^\.\//u, '')) ?? new Uint8Array()),
  );
  const weightData = await new Blob(shards).arrayBuffer();
  return { ...artifacts, weightSpecs: weightsManifest.flatMap(({ weights }) => weights), weightData };
}

function jsonOf(files: ReadonlyMap<string, Uint8Array>, name: string): unknown {
  return JSON.parse(new TextDecoder().decode(files.get(name)));
}

/** Percent as the page rounds it: “under 1 %” and “over 99 %” instead of nothing and all. */
function expectSame(labels: readonly string[], probabilities: ArrayLike<number>, answers: Answers) {
  expect(labels).toEqual(answers.map(({ name }) => name));
  labels.forEach((label, i) => {
    const shown = Number(/[\d.]+/.exec(answers[i]?.percent ?? '')?.[0]);
    expect(Math.abs(100 * (probabilities[i] ?? NaN) - shown), label).toBeLessThanOrEqual(1);
  });
}

const pixels = () => Float32Array.from({ length: SIDE * SIDE * 3 }, (_, i) => COLOUR[i % 3] ?? 0);

test('the answering model leaves for other runtimes, and gives the same answers in them', async ({
  graft,
  page,
  pictureFolder,
}) => {
  const answers = await teach(graft, await pictureFolder(3, 6));
  const onnx = await unzipped(await save(graft, page, 'onnx'));
  const { labels } = jsonOf(onnx, 'graft.json') as { labels: string[] };
  const model = onnx.get('model.onnx') ?? new Uint8Array();
  expect(JSON.parse(readModelProto(model).metadata.get('labels') ?? '')).toEqual(labels);
  const run = async (values: Float32Array) =>
    (await runInOrt(model, { pixels: tensorOf(values, [1, SIDE, SIDE, 3], 'float32') })).get('probabilities')
      ?.data as Float32Array;
  expectSame(labels, await run(pixels()), answers);

  // What travels with the model is enough to check it elsewhere.
  const { probabilities } = jsonOf(onnx, 'test-vectors.json') as { probabilities: number[][] };
  expect(probabilities).toHaveLength(16);
  const third = await run(pattern(3, SIDE));
  third.forEach((value, c) => expect(Math.abs(value - (probabilities[3]?.[c] ?? NaN))).toBeLessThan(1e-4));
  for (const name of ['README.md', 'MODEL_CARD.md', 'LICENCE-NOTE.md', 'labels.txt']) {
    expect(onnx.get(name)?.length, name).toBeGreaterThan(10);
  }

  const { weightSpecs, weightData, ...artifacts } = await artifactsOf(await save(graft, page, 'tfjs'));
  await tf.setBackend('cpu');
  const converter = loadGraphModelSync({ load: () => ({ ...artifacts, weightSpecs, weightData }) });
  const found = converter.predict(tf.tensor4d(pixels(), [1, SIDE, SIDE, 3])) as tf.Tensor;
  expectSame(labels, found.dataSync(), answers);

  const layers = await artifactsOf(await save(graft, page, 'teachableMachine'));
  const keras = await loadLayersModel({ load: () => Promise.resolve(layers) });
  // As its library hands pictures over.
  const scaled = tf.tensor4d(
    pixels().map((value) => value / 127 - 1),
    [1, SIDE, SIDE, 3],
  );
  expectSame(labels, (keras.predict(scaled) as tf.Tensor).dataSync(), answers);

  const python = await unzipped(await save(graft, page, 'safetensors'));
  for (const name of ['model.safetensors', 'config.json', 'rebuild.py', 'test-vectors.json']) {
    expect(python.get(name)?.length, name).toBeGreaterThan(500);
  }
});

test('the answering model leaves as one page that runs from a file with the network off', async ({
  browser,
  graft,
  page,
  pictureFolder,
}) => {
  const answers = await teach(graft, await pictureFolder(3, 6));
  const path = await save(graft, page, 'html');
  await expect(page.getByText(/16 of 16 answers the same/)).toBeVisible();
  expect((await readFile(path)).length).toBeLessThan(8 * 1024 * 1024);

  const context = await browser.newContext({ offline: true });
  const alone = await context.newPage();
  const problems: string[] = [];
  alone.on('pageerror', (error) => problems.push(error.message));
  alone.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  alone.on('request', (request) => {
    if (!/^(file|data|blob):/.test(request.url())) problems.push(request.url());
  });
  // A name with an ending: the browser's own name of the download has none.
  await rename(path, `${path}.html`);
  await alone.goto(pathToFileURL(`${path}.html`).href);
  await expect(alone.getByText(/16 of 16 answers are the same/)).toBeVisible({ timeout: 60_000 });
  await alone.locator('input[type=file]').setInputFiles(given('colour.png', await picture(), 'image/png'));
  const rows = alone.getByRole('list', { name: 'Answers' }).getByRole('listitem');
  await expect(rows).toHaveCount(3);
  await expect(rows.locator('.value').first()).not.toHaveText('');
  const names = await rows.locator('.name').allTextContents();
  const values = await rows.locator('.value').allTextContents();
  expectSame(
    names,
    values.map((text) => Number.parseFloat(text) / 100),
    answers,
  );
  expect(problems).toEqual([]);
  await context.close();
});
