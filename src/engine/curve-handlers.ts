/** @file The learning curve: heads on cached features, taught on parts of the training ids. */
import type { CallContext, EngineHandlers } from '../core/engine-api.ts';
import { assertNotAborted } from '../core/errors.ts';
import type { LearningCurve } from '../core/learning-curve.ts';
import { nextTask } from '../core/pacing.ts';
import { createRng, deriveSeed, shuffled } from '../core/rng.ts';
import { fitClosedForm } from '../train/closed-form.ts';
import { argmax, headLogits } from '../train/linear-head.ts';
import type { LabelledSample } from '../train/train-task.ts';
import type { EngineState } from './engine-state.ts';
import { examData } from './training.ts';

/** Parts of the training ids, and how often each is drawn: small parts differ most from draw to draw. */
const PARTS = [
  { fraction: 0.1, draws: 6 },
  { fraction: 0.25, draws: 5 },
  { fraction: 0.5, draws: 4 },
  { fraction: 1, draws: 1 },
] as const;
/** Of each class, whatever the part: one sample has no spread. */
const LEAST_PER_CLASS = 2;

/** The row of the learning curve. */
export function curveHandlers(state: EngineState): Pick<EngineHandlers, 'evaluate.learningCurve'> {
  return {
    'evaluate.learningCurve': ({ seed }, context) => learningCurve(state, seed, context),
  };
}

async function learningCurve(
  state: EngineState,
  seed: number,
  { signal, emit }: CallContext<'evaluate.learningCurve'>,
): Promise<LearningCurve> {
  return state.use({ signal }, async ({ extractor, modelId, signal: life }, session) => {
    const { split, classes, train, test: exam } = await examData(session, life);
    const { featureSize, blocks } = extractor.network;
    const fits = PARTS.reduce((sum, { draws }) => sum + draws, 0);
    const total = train.length + exam.length + fits;
    await extractor.ensure([...train, ...exam], blocks.length, {
      signal: life,
      onProgress: (done) => emit({ done, total }),
    });
    const learned = await extractor.read(train, blocks.length, { signal: life });
    const asked = await extractor.read(exam, blocks.length, { signal: life });
    let done = train.length + exam.length;
    const fit = async (rows: readonly number[]) => {
      await nextTask();
      assertNotAborted(life);
      const features = new Float32Array(rows.length * featureSize);
      for (const [at, row] of rows.entries()) {
        features.set(learned.subarray(row * featureSize, (row + 1) * featureSize), at * featureSize);
      }
      const labels = rows.map((row) => train[row]?.label ?? 0);
      const { head } = fitClosedForm({ features, labels, featureSize, classes: classes.length }, true);
      const logits = headLogits(head, asked, exam.length);
      emit({ done: ++done, total });
      return {
        samples: classes.map((_, at) => labels.filter((label) => label === at).length),
        right: exam.map(
          ({ label }, row) =>
            argmax(logits.subarray(row * classes.length, (row + 1) * classes.length)) === label,
        ),
      };
    };
    const points = [];
    for (const { fraction, draws } of PARTS) {
      const repeats = [];
      for (let draw = 0; draw < draws; draw++) {
        repeats.push(
          await fit(partOf(train, classes.length, fraction, deriveSeed(seed, `${fraction}/${draw}`))),
        );
      }
      points.push({ fraction, repeats });
    }
    return {
      modelId,
      splitHash: split.hash,
      classIds: classes.map(({ id }) => id),
      truth: exam.map(({ label }) => label),
      points,
    };
  });
}

/** Rows of a random part of the training samples: the same part of each class. */
function partOf(train: readonly LabelledSample[], classes: number, fraction: number, seed: number): number[] {
  const rng = createRng(seed);
  return Array.from({ length: classes }, (_, label) => {
    const own = train.flatMap((one, row) => (one.label === label ? [row] : []));
    const count = Math.max(Math.min(LEAST_PER_CLASS, own.length), Math.round(fraction * own.length));
    return fraction === 1 ? own : shuffled(own, rng).slice(0, count);
  }).flat();
}
