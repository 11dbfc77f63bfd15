/** @file What a run is measured against: a model of its samples that was never pre-trained. */
import type { Baseline } from '../core/baseline.ts';
import type { CallContext, EngineHandlers } from '../core/engine-api.ts';
import { assertNotAborted, EngineError } from '../core/errors.ts';
import { nextTask } from '../core/pacing.ts';
import { TASKS } from '../core/tasks.ts';
import { argmax } from '../train/linear-head.ts';
import { teachNGrams } from '../train/n-grams.ts';
import type { LabelledSample } from '../train/train-task.ts';
import type { EngineState } from './engine-state.ts';
import type { ProjectSession } from './project-session.ts';
import { examData } from './training.ts';

/** Texts that are read from the store at once. */
const AT_ONCE = 64;

/** The row of the baseline. */
export function baselineHandlers(state: EngineState): Pick<EngineHandlers, 'evaluate.baseline'> {
  return {
    'evaluate.baseline': async ({ seed }, context) => baseline(await state.session(), seed, context),
  };
}

async function baseline(
  session: ProjectSession,
  seed: number,
  { signal, emit }: CallContext<'evaluate.baseline'>,
): Promise<Baseline> {
  const { sample } = TASKS[session.snapshot().settings.task];
  if (sample !== 'text') {
    throw new EngineError('model-unsupported', `Words are counted in texts, not in a ${sample}.`, {
      kind: sample,
    });
  }
  const { split, classes, train, test } = await examData(session, signal);
  const texts = train.length + test.length;
  // Reading them is one half, as a person sees it, and teaching the other.
  const total = 2 * texts;
  const read = async (samples: readonly LabelledSample[], before: number) => {
    const contents: string[] = [];
    while (contents.length < samples.length) {
      assertNotAborted(signal);
      emit({ done: before + contents.length, total });
      const some = samples.slice(contents.length, contents.length + AT_ONCE);
      contents.push(...(await Promise.all(some.map(({ id }) => readText(session, id, signal)))));
    }
    return contents;
  };
  const learned = await read(train, 0);
  const asked = await read(test, train.length);
  const model = await teachNGrams(
    train.map(({ label }, at) => ({ text: learned[at] ?? '', label })),
    {
      classes: classes.length,
      seed,
      pause: async (done) => {
        emit({ done: Math.round(texts * (1 + done)), total });
        await nextTask();
        assertNotAborted(signal);
      },
    },
  );
  emit({ done: total, total });
  return {
    splitHash: split.hash,
    classIds: classes.map(({ id }) => id),
    predictions: test.map(({ id, label }, at) => {
      const probabilities = model.probabilities(asked[at] ?? '');
      return { id, truth: label, predicted: argmax(probabilities), probabilities };
    }),
  };
}

async function readText(session: ProjectSession, id: string, signal: AbortSignal): Promise<string> {
  const blob = await session.data.picture({ id }, { signal, emit: () => undefined });
  return blob.text();
}
