import type { ClassId, ClassRecord, ImportReport, SampleId } from '../../../src/index.ts';

/** Fewer than this and a class takes no part in learning. */
export const LEAST_SAMPLES = 3;
/** Fewer than this and the result of a class says little. */
const GOOD_SAMPLES = 10;
/** The largest class may be this many times the smallest before it is worth a word. */
const FAIR_RATIO = 4;

/** Something about the data that a person may want to mend. The page has a sentence for each kind. */
export type Finding =
  | { readonly kind: 'one-class' }
  | { readonly kind: 'empty-classes'; readonly classes: readonly ClassRecord[] }
  | { readonly kind: 'too-few'; readonly classes: readonly ClassRecord[] }
  | { readonly kind: 'few'; readonly classes: readonly ClassRecord[] }
  | {
      readonly kind: 'unequal';
      readonly largest: ClassRecord;
      readonly smallest: ClassRecord;
      readonly times: number;
    }
  /** Names that differ by signs, accents or width only. */
  | { readonly kind: 'similar-names'; readonly classes: readonly ClassRecord[] }
  | { readonly kind: 'duplicates'; readonly count: number }
  /** Equal pictures on two sides of a split that came with the data. */
  | { readonly kind: 'leaks'; readonly count: number }
  | { readonly kind: 'metadata'; readonly count: number; readonly places: number }
  | { readonly kind: 'first-frames'; readonly count: number };

/** What is worth saying about the data, the most pressing first. Empty when all is well. */
export function findings(
  classes: readonly ClassRecord[],
  byClass: ReadonlyMap<ClassId, readonly SampleId[]>,
  lastImport: ImportReport | null,
): readonly Finding[] {
  const sized = classes.map((record) => ({ record, size: byClass.get(record.id)?.length ?? 0 }));
  const within = (from: number, below: number) =>
    sized.filter(({ size }) => size >= from && size < below).map(({ record }) => record);
  const found: Finding[] = [];
  const filled = sized.filter(({ size }) => size > 0).sort((a, b) => a.size - b.size);
  if (classes.length === 1) found.push({ kind: 'one-class' });
  const empty = within(0, 1);
  const tooFew = within(1, LEAST_SAMPLES);
  const few = within(LEAST_SAMPLES, GOOD_SAMPLES);
  if (empty.length > 0) found.push({ kind: 'empty-classes', classes: empty });
  if (tooFew.length > 0) found.push({ kind: 'too-few', classes: tooFew });
  if (few.length > 0) found.push({ kind: 'few', classes: few });
  const smallest = filled[0];
  const largest = filled.at(-1);
  if (smallest !== undefined && largest !== undefined && largest.size > FAIR_RATIO * smallest.size) {
    const times = Math.floor(largest.size / smallest.size);
    found.push({ kind: 'unequal', largest: largest.record, smallest: smallest.record, times });
  }
  const [similar] = similarNames(classes);
  if (similar !== undefined) found.push({ kind: 'similar-names', classes: similar });
  return [...found, ...importFindings(lastImport)];
}

/** Classes whose names are the same but for signs, accents and the width of characters. */
function similarNames(classes: readonly ClassRecord[]): (readonly ClassRecord[])[] {
  const byLetters = new Map<string, ClassRecord[]>();
  for (const record of classes) {
    const plain = record.name.normalize('NFKD').toLowerCase();
    // Numbers count: "Class 1" and "Class 2" are two classes.
    const letters = plain.replaceAll(/[^\p{L}\p{N}]/gu, '');
    if (letters !== '') byLetters.set(letters, [...(byLetters.get(letters) ?? []), record]);
  }
  return [...byLetters.values()].filter(({ length }) => length > 1);
}

function importFindings(report: ImportReport | null): Finding[] {
  if (report === null) return [];
  const found: Finding[] = [];
  const duplicates = report.rejected.filter(({ error }) => error.code === 'file-duplicate').length;
  if (duplicates > 0) found.push({ kind: 'duplicates', count: duplicates });
  const leaks = report.rejected.filter(({ error }) => error.detail?.['leak'] === true).length;
  if (leaks > 0) found.push({ kind: 'leaks', count: leaks });
  const { pictures, places } = report.metadata;
  if (pictures > 0) found.push({ kind: 'metadata', count: pictures, places });
  if (report.firstFrameOnly.length > 0) {
    found.push({ kind: 'first-frames', count: report.firstFrameOnly.length });
  }
  return found;
}
