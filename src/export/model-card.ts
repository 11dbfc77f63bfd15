/** @file What somebody who gets the model should know of it: where it came from, what it learned, how sure that is. */
import { escapeMarkdown } from '../core/escape.ts';
import type { EvaluationReport } from '../core/evaluation.ts';
import { FREE_OPENINGS } from '../core/openings.ts';
import type { RunSummary } from '../core/run.ts';

/** What it scored, and by how many runs the test set had been opened when the card was written. */
type Exam = Pick<EvaluationReport, 'total' | 'correct' | 'accuracy' | 'accuracyInterval'> & {
  readonly opened: number;
};

export interface CardFacts {
  readonly title: string;
  readonly base: { readonly name: string; readonly licence: string; readonly source: string };
  /** In the order of the outputs, with the pictures that there are of each. */
  readonly classes: readonly { readonly name: string; readonly pictures: number }[];
  /** `null`: the head that is fitted at once. */
  readonly run: RunSummary | null;
  /** Its exam on the test set of the present split; `null` if it has not sat it. */
  readonly exam: Exam | null;
}

/** Markdown, in English: it travels with files for programs. */
export function modelCard({ title, base, classes, run, exam }: CardFacts): string {
  const rows = classes.map(({ name, pictures }) => `| ${escapeMarkdown(name)} | ${pictures} |`);
  return `# Model card: ${escapeMarkdown(title)}

A picture classifier, fine-tuned in the browser with Graft from ${sourceOf(base)}, licence ${escapeMarkdown(base.licence)}.

## Data

| Class | Pictures |
| --- | --- |
${rows.join('\n')}

## How it learned

${run === null ? 'No training run: linear discriminant analysis on the features of the pre-trained network.' : learned(run)}

## How good it is

${exam === null ? 'Not measured: it was handed out before it sat an exam on pictures kept aside for it.' : scored(exam)}

## Limits

It knows these classes and nothing else: whatever it is shown, it answers with one of them. It learned from the pictures
above; others (another camera, other light, other people) may be answered worse.
`;
}

/** Where the weights came from, as Markdown. */
export const sourceOf = ({ name, source }: CardFacts['base']): string =>
  `${escapeMarkdown(name)} (${escapeMarkdown(source)})`;

function scored({ total, correct, accuracy, accuracyInterval: { low, high }, opened }: Exam) {
  const percent = (share: number) => (100 * share).toFixed(1);
  return `On the test set, pictures that it had never seen, it was right in ${correct} of ${total} cases: ${percent(accuracy)} %, between
${percent(low)} % and ${percent(high)} % with 95 % confidence (Wilson).

${looks(opened)}`;
}

/** A best result of many is better than what it stands for. */
function looks(opened: number): string {
  const times =
    opened === 1 ? 'once, for this run' : `${opened} times, once for each run that was examined on it`;
  const told = `The test set has been opened ${times}.`;
  if (opened <= FREE_OPENINGS) return told;
  return `${told} If this run was chosen for its score there, the score is probably\na little too good.`;
}

function learned({
  number,
  settings,
  splitHash,
  bestEpoch,
  epochs,
  trainableParameters,
  totalParameters,
  calibration,
}: RunSummary) {
  const best = epochs.find(({ epoch }) => epoch === bestEpoch);
  const validation = best?.validationAccuracy ?? null;
  const facts = [
    `Run ${number}, seed ${settings.seed}, split ${splitHash}.`,
    `${trainableParameters} of ${totalParameters} parameters learned, ${epochs.length} epochs, the state of epoch ${bestEpoch} is kept.`,
    ...(validation === null
      ? []
      : [`On its validation pictures it was right in ${(100 * validation).toFixed(1)} % of cases.`]),
    ...(calibration === undefined
      ? []
      : [`Its logits are divided by a temperature of ${calibration.temperature.toFixed(2)}.`]),
  ];
  return `${facts.join('\n')}\n\n\`\`\`json\n${JSON.stringify(settings, null, 2)}\n\`\`\``;
}
