import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorkerClient } from '../client/client.ts';
import type { EngineClient } from '../core/engine-api.ts';
import type { HeatMap, WordHeat } from '../core/explain.ts';
import type { RunSummary } from '../core/run.ts';
import { SAMPLE_SETS } from '../core/sample-sets.ts';
import { TRAIN_PRESETS } from '../train/presets.ts';

/** The real engine in a real worker, on the questions on five topics that come with the site. */
/** Texts of the exam that are asked, one second each. */
const ASKED = 24;

let client: EngineClient;
let run: RunSummary;
beforeAll(async () => {
  client = createWorkerClient(
    new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module' }),
  );
  await client.call('project.new', { task: 'text-classification' });
  await client.call('data.sampleSet', { set: 'questions', classNames: SAMPLE_SETS.questions.classes });
  await client.call('data.split', { settings: { validation: 0.2, test: 0.2, seed: 3 } });
  run = await client.call('train.start', { settings: TRAIN_PRESETS.quick });
}, 180_000);
afterAll(() => client.close());

const fileOf = (content: string) => new File([content], 'text.txt', { type: 'text/plain' });

async function ask(content: string, name: string, method: WordHeat['method']): Promise<WordHeat> {
  const classId = run.classes.find((one) => one.name === name)?.id ?? '';
  const found = await client.call('explain.heat', { runId: run.id, of: fileOf(content), classId, method });
  if (found.kind !== 'words') throw new Error('A text has words.');
  expect(found.words.map(({ text }) => text).join('')).toBe(content);
  return found;
}

/** How much speaks for a class by what the page is answered: nothing of the explanation is in it. */
async function oddsOf(content: string, name: string): Promise<number> {
  const { classIds, probabilities } = await client.call('predict.file', {
    file: fileOf(content),
    runId: run.id,
  });
  const asked = classIds.indexOf(run.classes.find((one) => one.name === name)?.id ?? '');
  const others = probabilities.reduce((sum, p, at) => (at === asked ? sum : sum + p), 0);
  return Math.log((probabilities[asked] ?? 0) / others);
}

function scored(heat: HeatMap | WordHeat): { text: string; score: number }[] {
  if (heat.kind !== 'words') throw new Error('A text has words.');
  return heat.words.flatMap(({ text, score }) => (score === null ? [] : [{ text, score }]));
}

it('without its top word a text speaks less for its class than without an average one', async () => {
  const { split, dataset } = await client.call('project.open', {});
  const lost = { top: 0, mean: 0 };
  let ahead = 0;
  const ids = (split?.test ?? []).slice(0, ASKED);
  expect(ids).toHaveLength(ASKED);
  for (const id of ids) {
    const asked = { runId: run.id, of: id, classId: dataset.samples.get(id)?.classId ?? '' };
    const weighed = scored(await client.call('explain.heat', { ...asked, method: 'gradient-input' }));
    const left = scored(await client.call('explain.heat', { ...asked, method: 'occlusion' }));
    const top = weighed.reduce((best, { score }, at) => (score > (weighed[best]?.score ?? 0) ? at : best), 0);
    const mean = left.reduce((sum, { score }) => sum + score, 0) / left.length;
    lost.top += (left[top]?.score ?? 0) / ids.length;
    lost.mean += mean / ids.length;
    ahead += Number((left[top]?.score ?? 0) > mean) / ids.length;
  }
  expect(lost.top).toBeGreaterThan(3 * Math.max(0, lost.mean));
  expect(ahead).toBeGreaterThan(0.8);
}, 180_000);

it('leaving words out gives the differences of the answers themselves', async () => {
  const content = 'Which planet has the most moons?';
  const left = await ask(content, 'space', 'occlusion');
  const whole = await oddsOf(content, 'space');
  for (const { text, score } of scored(left)) {
    const without = content.replace(new RegExp(` ?${text.replace('?', '.')}`), '').trim();
    expect(score, text).toBeCloseTo(whole - (await oddsOf(without, 'space')), 2);
  }
  expect(left.coveredProbability ?? 1).toBeLessThan(left.probability);
}, 60_000);

it('all classes together come to nothing, and a sample can be asked as a file can', async () => {
  const words = 'How long should I boil the rice?';
  const sums = new Float64Array(7);
  for (const { name } of run.classes) {
    const found = scored(await ask(words, name, 'gradient-input'));
    expect(found).toHaveLength(sums.length);
    for (const [at, { score }] of found.entries()) sums[at] = (sums[at] ?? 0) + score;
  }
  // Each is the logit above the mean of all.
  for (const sum of sums) expect(sum).toBeCloseTo(0, 3);

  const { dataset } = await client.call('project.open', {});
  const [sample] = dataset.samples.values();
  const classId = run.classes[0]?.id ?? '';
  const asked = { runId: run.id, of: sample?.id ?? '', classId };
  const found = await client.call('explain.heat', { ...asked, method: 'gradient-input' });
  expect(found).toMatchObject({ kind: 'words', classId, method: 'gradient-input' });
  await expect(client.call('explain.heat', { ...asked, method: 'grad-cam' })).rejects.toMatchObject({
    code: 'not-ready',
  });
}, 60_000);

it('a text longer than what is read says so by its end', async () => {
  const { words } = await ask(`${'so '.repeat(200)}good`, 'cooking', 'gradient-input');
  expect(words.at(-1)).toMatchObject({ score: null });
  expect(words.at(-1)?.text).toContain('good');
  expect(words.filter(({ score }) => score !== null)).toHaveLength(128);
}, 60_000);
