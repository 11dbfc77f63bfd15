import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkerClient } from '../client/client.ts';
import type { EngineClient } from '../core/engine-api.ts';
import type { ImportFile } from '../core/project.ts';
import { patternJpeg, PATTERNS } from '../testing/files/pictures.ts';
import { onnxFile } from '../testing/onnx/write-model.ts';
import { onnxNet, teachableZip } from '../testing/own-models.ts';
import { TRAIN_PRESETS } from '../train/presets.ts';

/** The real engine in a real worker, with models that a person brings. */
const EACH = 12;

function start(): EngineClient {
  return createWorkerClient(new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module' }));
}

let client: EngineClient;
beforeAll(async () => {
  client = start();
  await client.call('project.new', {});
  const { settings } = await client.call('project.open', {});
  await client.call('project.configure', { settings: { ...settings, backend: 'wasm' } });
});
afterAll(() => client.close());

const dropped = (path: string, bytes: Uint8Array<ArrayBuffer>): ImportFile[] => [
  { path, file: new File([bytes], path) },
];

const pictures = (): ImportFile[] =>
  PATTERNS.slice(0, 2).flatMap((name, kind) =>
    Array.from({ length: EACH }, (_, index) => ({
      path: `shapes/${name}/${index}.jpg`,
      file: new File([patternJpeg(kind, index)], `${index}.jpg`),
    })),
  );

describe('a model of the person’s own', () => {
  it(
    'is taken, taught at depth, kept over a restart, and goes along in a project file',
    { timeout: 120_000 },
    async () => {
      const stages: string[] = [];
      const report = await client.call(
        'model.inspect',
        { source: { files: dropped('net.onnx', onnxFile(onnxNet())) } },
        {
          onEvent: (event) => {
            if (event.kind === 'stage') stages.push(event.stage);
          },
        },
      );
      expect(stages).toEqual(['reading', 'running', 'running', 'measuring']);
      expect(report.check).toMatchObject({ ok: true, backend: 'wasm' });
      const { inspectionId, guess } = report;
      const card = await client.call('model.adopt', { inspectionId, settings: guess, name: 'Mine' });
      expect(card).toMatchObject({ name: 'Mine', availability: 'own', headOnly: false, featureSize: 24 });
      // The inspection is over.
      await expect(client.call('model.check', { inspectionId, settings: guess })).rejects.toMatchObject({
        code: 'not-ready',
      });

      const model = await client.call('models.load', { modelId: card.id });
      expect(report.check.ok && report.check.blocks).toEqual(model.blocks);
      await client.call('data.import', { files: pictures() });
      await client.call('data.split', { settings: { validation: 0.2, test: 0.2, seed: 3 } });
      expect(await client.call('instant.update', {})).toMatchObject({ ready: true });
      const settings = { ...TRAIN_PRESETS.deep, open: { kind: 'last', blocks: 2 }, epochs: 2 } as const;
      const estimate = await client.call('train.estimate', { settings });
      const run = await client.call('train.start', { settings });
      expect(run).toMatchObject({ modelId: card.id, trainableParameters: estimate.trainableParameters });
      expect((await client.call('evaluate.run', { runId: run.id, side: 'test' })).total).toBeGreaterThan(0);

      const unseen = new File([patternJpeg(1, 99)], 'unseen.jpg');
      const before = await client.call('predict.file', { file: unseen });
      const saved = await client.call('project.save', {});
      await client.call('project.new', {});
      client.close();
      client = start();
      expect((await client.call('models.list', {})).map(({ id }) => id)).toContain(card.id);
      await client.call('model.forget', { modelId: card.id });
      expect((await client.call('models.list', {})).map(({ id }) => id)).not.toContain(card.id);
      await expect(client.call('models.load', { modelId: card.id })).rejects.toMatchObject({
        code: 'model-missing',
      });

      await client.call('project.load', { file: saved });
      const after = await client.call('predict.file', { file: unseen });
      expect(after.probabilities).toEqual(before.probabilities);
      expect((await client.call('models.list', {})).find(({ id }) => id === card.id)).toEqual(card);
    },
  );

  it(
    'may be a Teachable Machine zip; looking at another one ends the first',
    { timeout: 60_000 },
    async () => {
      const zip = await teachableZip(['Cat', 'Dog']);
      const first = await client.call('model.inspect', { source: { files: dropped('tm.zip', zip) } });
      expect(first).toMatchObject({ format: 'teachable-machine', labels: ['Cat', 'Dog'] });
      const second = await client.call('model.inspect', { source: { files: dropped('tm.zip', zip) } });
      await expect(
        client.call('model.adopt', { inspectionId: first.inspectionId, settings: first.guess, name: 'x' }),
      ).rejects.toMatchObject({ code: 'not-ready' });
      const card = await client.call('model.adopt', {
        inspectionId: second.inspectionId,
        settings: second.guess,
        name: 'Cats and dogs',
      });
      const { blocks } = await client.call('models.load', { modelId: card.id });
      const settings = { ...TRAIN_PRESETS.all, epochs: 1, patience: 0 };
      const run = await client.call('train.start', { settings });
      expect(run.trainableParameters).toBeGreaterThan(
        blocks.reduce((sum, { parameters }) => sum + parameters, 0),
      );
      await client.call('models.load', { modelId: 'mobilenet-v3-small' });
      await client.call('model.forget', { modelId: card.id });
    },
  );

  it('is not taken when it cannot be used, and leaves no tensor', { timeout: 60_000 }, async () => {
    const { tensors } = await client.call('device.memory', {});
    const strange = onnxNet();
    const nodes = strange.nodes.map((node) => (node.op === 'Gemm' ? { ...node, op: 'Warp' } : node));
    const source = { files: dropped('a.onnx', onnxFile({ ...strange, nodes })) };
    const models = await client.call('models.list', {});
    await expect(client.call('model.inspect', { source })).rejects.toMatchObject({
      code: 'model-unsupported',
      detail: { ops: 'Warp', nodes: 'node_logits' },
    });
    await expect(client.call('model.inspect', { source: { url: 'ftp://x' } })).rejects.toMatchObject({
      code: 'url-invalid',
    });
    const onePicture = { files: dropped('a.onnx', onnxFile(onnxNet({ onePicture: true }))) };
    const { inspectionId, guess, check } = await client.call('model.inspect', { source: onePicture });
    expect(check).toMatchObject({ ok: false, error: { code: 'model-one-picture' } });
    await expect(
      client.call('model.adopt', { inspectionId, settings: guess, name: 'x' }),
    ).rejects.toMatchObject({
      code: 'model-one-picture',
    });
    await client.call('model.dismiss', {});
    expect(await client.call('models.list', {})).toEqual(models);
    expect((await client.call('device.memory', {})).tensors).toBe(tensors);
  });
});
