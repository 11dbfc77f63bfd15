/** @file Cross-validation: closed-form heads on cached features, with relatives in one fold and without. */
import type { CrossValidation, FoldScores } from '../core/cross-validation.ts';
import type { SampleRecord } from '../core/dataset.ts';
import type { CallContext, EngineHandlers } from '../core/engine-api.ts';
import { assertNotAborted, EngineError } from '../core/errors.ts';
import { nextTask } from '../core/pacing.ts';
import { dealFolds } from '../data/folds.ts';
import { findGroups, type SampleGroup } from '../data/groups.ts';
import { foldInterval } from '../evaluate/fold-interval.ts';
import { fitClosedForm } from '../train/closed-form.ts';
import { argmax, headLogits } from '../train/linear-head.ts';
import type { EngineState } from './engine-state.ts';
import { instantSamples } from './instant-head.ts';
import type { ProjectSession } from './project-session.ts';

/** The row of cross-validation. */
export function crossValidateHandlers(state: EngineState): Pick<EngineHandlers, 'data.crossValidate'> {
  return { 'data.crossValidate': (params, context) => crossValidate(state, params, context) };
}

interface Rows {
  readonly samples: readonly SampleRecord[];
  readonly labels: readonly number[];
  /** Shape: `[samples.length, featureSize]`. */
  readonly features: Float32Array;
  readonly featureSize: number;
  readonly classes: number;
}

async function crossValidate(
  state: EngineState,
  { folds, seed }: { readonly folds: number; readonly seed: number },
  { signal, emit }: CallContext<'data.crossValidate'>,
): Promise<CrossValidation> {
  return state.use({ signal }, async ({ extractor, modelId, signal: life }, session) => {
    const { classIds, samples } = openSamples(session);
    const { featureSize, blocks } = extractor.network;
    const groups = findGroups(samples);
    const related = groups.reduce((n, { members }) => n + (members.length > 1 ? members.length : 0), 0);
    const rounds = related > 0 ? 2 : 1;
    const total = samples.length + rounds * folds;
    let done = 0;
    await extractor.ensure(samples, blocks.length, {
      signal: life,
      onProgress: (ready) => emit({ done: (done = ready), total }),
    });
    done = samples.length;
    const index = new Map(classIds.map((id, at) => [id, at]));
    const rows: Rows = {
      samples,
      labels: samples.map(({ classId }) => index.get(classId) ?? 0),
      features: await extractor.read(samples, blocks.length, { signal: life }),
      ...{ featureSize, classes: classIds.length },
    };
    const names = new Map(session.data.dataset().classes.map(({ id, name }) => [id, name]));
    const nameOf = (id: string) => names.get(id) ?? id;
    const round = (dealt: readonly SampleGroup[]) =>
      scoreFolds(rows, dealFolds(dealt, folds, seed, nameOf), folds, async () => {
        await nextTask();
        assertNotAborted(life);
        emit({ done: ++done, total });
      });
    const guarded = await round(groups);
    const alone = samples.map((sample) => ({ members: [sample] }));
    return {
      ...{ modelId, folds, related, guarded },
      revision: session.data.dataset().revision,
      samples: samples.length,
      unguarded: rounds === 2 ? await round(alone) : null,
    };
  });
}

/** Samples that may be looked at without opening the exam. @throws {EngineError} `too-few-samples`. */
function openSamples({ data }: ProjectSession) {
  const dataset = data.dataset();
  const exam = new Set(data.split()?.test);
  const samples = new Map([...dataset.samples].filter(([id]) => !exam.has(id)));
  const chosen = instantSamples({ ...dataset, samples });
  if (chosen !== null) return chosen;
  throw new EngineError('too-few-samples', 'Two classes with three pictures each are needed.');
}

async function scoreFolds(
  { labels, features, featureSize, classes, samples }: Rows,
  fold: ReadonlyMap<string, number>,
  folds: number,
  afterEach: () => Promise<void>,
): Promise<FoldScores> {
  const places = samples.map(({ id }, row) => ({ row, fold: fold.get(id) ?? 0 }));
  const rowsOf = (chosen: readonly { row: number }[]) => {
    const part = new Float32Array(chosen.length * featureSize);
    for (const [at, { row }] of chosen.entries()) {
      part.set(features.subarray(row * featureSize, (row + 1) * featureSize), at * featureSize);
    }
    return { features: part, labels: chosen.map(({ row }) => labels[row] ?? 0) };
  };
  const accuracies: number[] = [];
  let correct = 0;
  for (let held = 0; held < folds; held++) {
    const asked = rowsOf(places.filter((one) => one.fold === held));
    const count = asked.labels.length;
    if (count > 0 && count < samples.length) {
      const learned = rowsOf(places.filter((one) => one.fold !== held));
      const { head } = fitClosedForm({ ...learned, featureSize, classes }, true);
      const logits = headLogits(head, asked.features, count);
      const right = asked.labels.filter(
        (label, row) => argmax(logits.subarray(row * classes, (row + 1) * classes)) === label,
      ).length;
      correct += right;
      accuracies.push(right / count);
    }
    await afterEach();
  }
  if (accuracies.length < 2) {
    throw new EngineError('too-few-samples', 'There are too few groups to set one aside at a time.');
  }
  return {
    accuracies,
    accuracy: correct / samples.length,
    interval: foldInterval(accuracies, correct, samples.length),
  };
}
