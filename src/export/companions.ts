/** @file What lies beside the model in a bundle: how pictures go in, what comes out, how to check it, whose it is. */
import { escapeMarkdown, oneLine } from '../core/escape.ts';
import type { ExportCheck, ExportPrecision } from '../core/export.ts';
import type { ExportedClassifier, ExportFile } from './format.ts';
import { sourceOf } from './model-card.ts';
import { PATTERN_RULE, PATTERNS } from './test-vectors.ts';

export interface BundleFacts {
  readonly precision: ExportPrecision;
  readonly check: ExportCheck;
  /** How to use the format, as Markdown. */
  readonly usage: string;
}

/** Version of `graft.json`. */
const VERSION = 1;

export function companions(classifier: ExportedClassifier, facts: BundleFacts): ExportFile[] {
  return [
    { path: 'graft.json', content: json(description(classifier, facts)) },
    { path: 'test-vectors.json', content: json(vectors(classifier)) },
    { path: 'labels.txt', content: classifier.labels.map((label) => `${oneLine(label)}\n`).join('') },
    { path: 'LICENCE-NOTE.md', content: licenceNote(classifier) },
    { path: 'README.md', content: readMe(classifier, facts) },
  ];
}

function description(classifier: ExportedClassifier, { precision, check }: BundleFacts) {
  return { version: VERSION, ...contract(classifier), weights: precision, verified: check };
}

/** How to ask a classifier and how to read its answers. */
export function contract({ labels, inputSize, base, title, temperature, abstainBelow }: ExportedClassifier) {
  return {
    title,
    labels,
    preprocessing: {
      crop: 'the largest centred square',
      resize: [inputSize, inputSize],
      channels: 'RGB',
      values: '0..255 as float32; what the network expects beyond that is inside it',
      layout: 'NHWC',
    },
    calibration: { temperature, inTheWeights: true },
    abstainBelow,
    base,
  };
}

function vectors({ vectors: { probabilities }, inputSize }: ExportedClassifier) {
  return {
    rule: `pixel[y][x][c] of pattern k = ${PATTERN_RULE}`,
    side: inputSize,
    patterns: PATTERNS,
    probabilities,
  };
}

function licenceNote({ base }: ExportedClassifier): string {
  return `This model was fine-tuned from ${sourceOf(base)}, whose licence is ${escapeMarkdown(base.licence)}.
Its weights, changed or not, are passed on under that licence. What was taught to it belongs to whoever taught it.
`;
}

function readMe(
  { title, labels, inputSize, abstainBelow }: ExportedClassifier,
  { check, usage }: BundleFacts,
): string {
  const threshold =
    abstainBelow > 0
      ? `\nAn answer with a probability below ${abstainBelow.toFixed(2)} is to be read as “I do not know”.\n`
      : '';
  return `# ${escapeMarkdown(title)}

A picture classifier of ${labels.length} classes. In: RGB pixels 0..255 (float32) of the largest centred square of a picture,
resized to ${inputSize} x ${inputSize}. Out: one probability per line of \`labels.txt\`.
${threshold}
Before this file was handed out it was opened again and asked about ${check.checked} inputs: ${check.agreeing} of ${check.checked} answers were the same,
the largest difference of a probability was ${check.largestDifference.toExponential(0)}. \`test-vectors.json\` has what is needed to repeat that.

${usage}`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
