/** @file Part of `npm run bench -- evaluate`: what it costs to say why, in forward passes, and to place samples on a map. */
import { basename, dirname } from 'node:path';
import { importFiles, openModel, settingsOf } from './evaluate.ts';
import { writePatterns } from './pattern-files.ts';
import { callEngine, openDoor, type BenchSite } from './site.ts';
import type { Row } from './table.ts';

/** Points of the map. */
const POINTS = 2000;
/** Pictures that are asked about, and all that there are. */
const ASKED = 15;
const FEW = 60;
/** What a picture was before it is made as small as the network takes it does not matter here. */
const SMALL = { width: 96, height: 96 };

/** A project with so many small pictures, taught with the head alone. */
async function taught(site: BenchSite, count: number) {
  const page = await openDoor(site);
  const modelId = await openModel(page);
  const { files } = await writePatterns(count, 0, SMALL);
  await importFiles(
    page,
    files.map((file) => ({ file, path: `${basename(dirname(file))}/${basename(file)}` })),
  );
  await callEngine(page, 'data.split', { settings: { validation: 0, test: 0.1, seed: 1 }, fresh: true });
  const run = (await callEngine(page, 'train.start', { settings: settingsOf(1, { kind: 'head' }) })).result;
  return { page, modelId, run };
}

/** Heat maps of single pictures, in forward passes. */
export async function benchReasons(site: BenchSite): Promise<Row[]> {
  const { page, modelId, run } = await taught(site, FEW);
  const { forwardMs } = (await callEngine(page, 'device.probe', { modelId, backend: 'auto', refresh: true }))
    .result;
  const ids = Object.values(await page.evaluate(() => window.graftBench.sampleIds())).slice(0, ASKED);
  const classId = run.classes[0]?.id ?? '';
  const heat = { 'grad-cam': [] as number[], occlusion: [] as number[] };
  for (const id of ids) {
    for (const method of ['grad-cam', 'occlusion'] as const) {
      const { result } = await callEngine(page, 'explain.heat', { runId: run.id, of: id, classId, method });
      heat[method].push(result.elapsedMs);
    }
  }
  await page.context().close();
  return [
    {
      name: 'Grad-CAM of a picture',
      value: median(heat['grad-cam']) / forwardMs,
      unit: 'forward times',
      atMost: 3,
      note: `${median(heat['grad-cam']).toFixed(1)} ms, ${forwardMs.toFixed(1)} ms forward a picture; median of ${ids.length}`,
    },
    {
      name: 'occlusion of a picture, 64 parts',
      value: median(heat.occlusion) / forwardMs,
      unit: 'forward times',
      note: `${median(heat.occlusion).toFixed(0)} ms`,
    },
  ];
}

/** Maps of two thousand pictures whose features are known. */
export async function benchMap(site: BenchSite): Promise<Row[]> {
  const { page, run } = await taught(site, POINTS);
  // The first map reads the features of all; the second has them.
  await callEngine(page, 'explain.featureMap', { runId: run.id, method: 'pca' });
  const pca = (await callEngine(page, 'explain.featureMap', { runId: run.id, method: 'pca' })).result;
  const umap = (await callEngine(page, 'explain.featureMap', { runId: run.id, method: 'umap' })).result;
  await page.context().close();
  const points = `${umap.ids.length} points, features known`;
  return [
    { name: 'map by PCA', value: pca.elapsedMs / 1000, unit: 's', note: points },
    {
      name: 'map by UMAP',
      value: umap.elapsedMs / 1000,
      unit: 's',
      atMost: 5,
      note: `${points}, in the worker`,
    },
  ];
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
