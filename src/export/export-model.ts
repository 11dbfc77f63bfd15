/** @file From a trained classifier to a file that was opened again and found to answer the same. */
import { writeZip } from '../archive/write-zip.ts';
import { assertNotAborted, EngineError } from '../core/errors.ts';
import type { ExportCheck, ExportedModel, ExportFormatId, ExportPrecision } from '../core/export.ts';
import { companions } from './companions.ts';
import type { ExportedClassifier, ExportFile } from './format.ts';
import { FORMATS } from './formats.ts';
import { pattern, PATTERNS } from './test-vectors.ts';
import { type Answer, compareAnswers, createAnswer, TOLERANCE } from './verify.ts';

export interface ExportOptions {
  readonly format: ExportFormatId;
  readonly precision: ExportPrecision;
  /** The model card, as Markdown. */
  readonly card: string;
  /** Further inputs that the file is asked about: pictures of the person's, which do not leave with it. */
  readonly pictures: readonly Float32Array[];
  readonly signal: AbortSignal;
}

/**
 * @param model What the file must answer as.
 * @throws {EngineError} `model-unsupported`; `export-operation` at once if the format cannot hold the network;
 * `export-differs` if the file answers otherwise: it is not handed out then; `cancelled`.
 */
export async function exportModel(
  classifier: Omit<ExportedClassifier, 'vectors'>,
  model: Answer,
  { format, precision, card, pictures, signal }: ExportOptions,
): Promise<ExportedModel> {
  const form = FORMATS[format];
  form.assertHolds?.(classifier.graph);
  const side = classifier.inputSize;
  const inputs = Array.from({ length: PATTERNS }, (_, k) => pattern(k, side));
  const expected = await answersTo([...inputs, ...pictures], model, signal);
  const probabilities = expected.slice(0, PATTERNS).map((row) => Array.from(row));
  const whole = { ...classifier, vectors: { probabilities } };
  const files = await form.write(whole, precision);
  assertNotAborted(signal);
  const opened = createAnswer(await form.read(files), side);
  let check: ExportCheck;
  try {
    const found = await answersTo([...inputs, ...pictures], opened.answer, signal);
    check = compareAnswers(expected, found, TOLERANCE[precision]);
  } finally {
    opened.dispose();
  }
  if (check.agreeing < check.checked) throw differs(check);
  const [only] = files;
  const file =
    form.bundled || only === undefined
      ? await zipOf(
          [
            ...files,
            ...companions(whole, { precision, check, usage: form.readMe(whole) }),
            { path: 'MODEL_CARD.md', content: card },
          ],
          signal,
        )
      : blobOf(only);
  return { file, ending: form.ending, check };
}

async function answersTo(inputs: readonly Float32Array[], answer: Answer, signal: AbortSignal) {
  const answers: Float32Array[] = [];
  for (const pixels of inputs) {
    answers.push(await answer(pixels));
    assertNotAborted(signal);
  }
  return answers;
}

function blobOf({ content }: ExportFile): Blob {
  return content instanceof Blob ? content : new Blob([content]);
}

function zipOf(files: readonly ExportFile[], signal: AbortSignal): Promise<Blob> {
  const sources = files.map((file) => ({ path: file.path, read: () => Promise.resolve(blobOf(file)) }));
  return writeZip(sources, signal);
}

function differs({ checked, agreeing, largestDifference }: ExportCheck): EngineError {
  return new EngineError(
    'export-differs',
    `The file was opened again and answered ${agreeing} of ${checked} inputs as the model does; ` +
      `the largest difference is ${largestDifference}. It was not handed out.`,
    { checked, agreeing, largestDifference },
  );
}
