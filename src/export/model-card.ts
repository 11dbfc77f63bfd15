/** @file What somebody who gets the model should know of it: where it came from, what it learned, how sure that is. */
import type { RunSummary } from '../core/run.ts';

export interface CardFacts {
  readonly title: string;
  readonly base: { readonly name: string; readonly licence: string; readonly source: string };
  /** In the order of the outputs, with the pictures that there are of each. */
  readonly classes: readonly { readonly name: string; readonly pictures: number }[];
  /** `null`: the head that is fitted at once. */
  readonly run: RunSummary | null;
}

/** Markdown, in English: it travels with files for programs. */
export function modelCard({ title, base, classes, run }: CardFacts): string {
  const rows = classes.map(({ name, pictures }) => `| ${cell(name)} | ${pictures} |`);
  return `# Model card: ${cell(title)}

A picture classifier, fine-tuned in the browser with Graft from ${base.name} (${base.source}, ${base.licence}).

## Data

| Class | Pictures |
| --- | --- |
${rows.join('\n')}

## How it learned

${run === null ? 'No training run: a ridge regression from the features of the pre-trained network to the classes.' : learned(run)}

## Limits

It knows these classes and nothing else: whatever it is shown, it answers with one of them. It learned from the pictures
above; others (another camera, other light, other people) may be answered worse. Accuracy on the test set, with its
interval, is in the app under *Evaluate*.
`;
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

/** A class may be called `|` or `<b>`. */
function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#]/g, (sign) => `\\${sign}`);
}
