import type { ClassRecord, Prediction } from '../../src/index.ts';

export interface RankedAnswer {
  readonly classId: string;
  readonly name: string;
  /** Index in the project's class order, for its colour and letter. */
  readonly index: number;
  readonly probability: number;
}

/**
 * The answers to show: all in class order while there are at most `most`, so that the rows stand still; otherwise the
 * most probable ones, best first.
 */
export function rankedAnswers(
  prediction: Prediction,
  classes: readonly ClassRecord[],
  namesThen: readonly { readonly id: string; readonly name: string }[],
  most: number,
): readonly RankedAnswer[] {
  const answers = prediction.classIds.map((classId, position) => {
    const index = classes.findIndex(({ id }) => id === classId);
    const known = classes[index] ?? namesThen.find(({ id }) => id === classId);
    return {
      classId,
      name: known?.name ?? classId,
      index: index === -1 ? position : index,
      probability: prediction.probabilities[position] ?? 0,
    };
  });
  if (answers.length <= most) return answers;
  return answers.sort((a, b) => b.probability - a.probability).slice(0, most);
}

/** The classes without an answer, so that their rows are there before the first one. */
export function silentAnswer(classes: readonly ClassRecord[]): Prediction {
  return {
    classIds: classes.map(({ id }) => id),
    probabilities: classes.map(() => 0),
    speaker: { kind: 'instant' },
    elapsedMs: 0,
  };
}
