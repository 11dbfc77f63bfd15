/**
 * @file Damaged and hostile models: each ends in a graph or in a named error, soon and without much memory. `FUZZ_FILES`
 * says how many (`npm run test:fuzz` asks for 10 000), `FUZZ_FIRST` from which number on.
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { damagedModel, fuzzOne } from '../testing/fuzz/fuzz.ts';
import { fuzzSeeds } from '../testing/fuzz/seeds.ts';

beforeAll(() => tf.setBackend('cpu'));

const FILES = Number(process.env['FUZZ_FILES'] ?? 1500);
const FIRST = Number(process.env['FUZZ_FIRST'] ?? 1);
const MOST_MS = 2_000;
/** Beyond what the process had before; the garbage of files that were read before counts too. */
const MOST_BYTES = 768 * 2 ** 20;

test('the models that are damaged are sound themselves', async () => {
  const endings = await Promise.all(fuzzSeeds().map(fuzzOne));
  expect(endings.filter(({ ending }) => ending !== 'accepted')).toEqual([]);
});

test(
  'damaged models end in a graph or a named error, in bounded time and memory',
  { timeout: 30_000 + 100 * FILES },
  async () => {
    const seeds = fuzzSeeds();
    const before = process.memoryUsage().rss;
    let tensors = tf.memory().numTensors;
    const counts = new Map<string, number>();
    const problems: string[] = [];
    let [slowest, largest] = [0, 0];
    for (let number = FIRST; number < FIRST + FILES; number++) {
      const { format, ending, ms, problem } = await fuzzOne(damagedModel(seeds, number));
      counts.set(`${format} ${ending}`, (counts.get(`${format} ${ending}`) ?? 0) + 1);
      const grown = process.memoryUsage().rss - before;
      [slowest, largest] = [Math.max(slowest, ms), Math.max(largest, grown)];
      if (problem !== null) problems.push(`file ${number} (${format}): ${problem}`);
      if (ms > MOST_MS) problems.push(`file ${number} (${format}) took ${Math.round(ms)} ms`);
      if (grown > MOST_BYTES) problems.push(`file ${number} (${format}): ${Math.round(grown / 2 ** 20)} MiB`);
      if (tf.memory().numTensors !== tensors) {
        problems.push(`file ${number} (${format}) left ${tf.memory().numTensors - tensors} tensors`);
        tensors = tf.memory().numTensors;
      }
    }
    const table = [...counts].sort().map(([what, count]) => `${count} ${what}`);
    console.log(
      `${FILES} damaged models: ${table.join(', ')}; slowest ${Math.round(slowest)} ms, ${Math.round(largest / 2 ** 20)} MiB more.`,
    );
    expect(problems.slice(0, 40)).toEqual([]);
  },
);
