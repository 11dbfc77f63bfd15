/**
 * @file Random graphs of the operations that are supported: our executor, the written file in the ONNX runtime and the
 * file imported again must agree. `ORACLE_GRAPHS` runs more of them, `ORACLE_SEED` others.
 */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { randomGraph } from '../../testing/graphs/random-graph.ts';
import { agreement } from '../../testing/onnx/oracle.ts';

beforeAll(() => tf.setBackend('cpu'));

const GRAPHS = Number(process.env['ORACLE_GRAPHS'] ?? 200);
const FIRST = Number(process.env['ORACLE_SEED'] ?? 1);
const CHUNKS = 10;
const STEPS = 10;
/** Relative to the larger of 1 and the value. */
const TOLERANCE = 1e-4;

const seen = new Set<string>();

test.each(Array.from({ length: CHUNKS }, (_, i) => i))(
  'random graphs agree with the ONNX runtime and with their own import (part %i)',
  { timeout: 60_000 + 1_000 * GRAPHS },
  async (chunk) => {
    const problems: string[] = [];
    for (let i = chunk; i < GRAPHS; i += CHUNKS) {
      const seed = FIRST + i;
      const { graph, data, ops } = randomGraph(seed, STEPS);
      for (const op of ops) seen.add(op);
      const { runtime, imported } = await agreement(graph, data).catch((thrown: unknown) => {
        throw new Error(`seed ${seed}: ${String(thrown)}`, { cause: thrown });
      });
      if (!(runtime <= TOLERANCE && imported <= TOLERANCE)) {
        problems.push(
          `seed ${seed}: ${runtime} from the runtime, ${imported} from the import (${ops.join(' ')})`,
        );
      }
    }
    expect(problems).toEqual([]);
  },
);

test('the random graphs hold at least 100 operations', () => {
  console.log(`${GRAPHS} random graphs of ${seen.size} operations agree within ${TOLERANCE}.`);
  if (GRAPHS >= 200) expect(seen.size).toBeGreaterThanOrEqual(100);
});

test('graphs with halved weights agree within the precision of halves', { timeout: 60_000 }, async () => {
  const { graph, data } = randomGraph(FIRST, STEPS);
  const { runtime, imported } = await agreement(graph, data, { precision: 'float16' });
  expect(Math.max(runtime, imported)).toBeLessThan(5e-3);
});
