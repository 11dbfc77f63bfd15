/** @file What a table says of each sample, and the path of its file in the zip. */
import type { DataForm } from '../../core/data-forms.ts';
import type { DatasetState, SampleId, SampleRecord } from '../../core/dataset.ts';
import { safeFileName } from '../../core/file-name.ts';
import type { SplitRecord, SplitSide } from '../../core/split.ts';
import type { SampleKind } from '../../core/tasks.ts';
import { NAMED_GROUP } from '../tables/apply-table.ts';

/** A row: what the importer needs to place the sample as it is here. Empty: nothing to say. */
export interface DataRow {
  readonly label: string;
  readonly split: SplitSide | '';
  readonly group: string;
}

export interface SavedSample {
  readonly id: SampleId;
  readonly kind: SampleKind;
  /** Of its file in the zip. */
  readonly path: string;
  readonly row: DataRow;
}

/** What the bytes of a kind are: pictures are kept as JPEG, sounds as WAV, texts as UTF-8. */
const ENDINGS: Record<SampleKind, string> = { picture: '.jpg', sound: '.wav', text: '.txt' };

const SIDES: readonly SplitSide[] = ['train', 'validation', 'test'];

/**
 * The samples in the order of the data set. Folders hold the label (and above it the side, where each sample has one);
 * tables have all files in one folder, because a label may be no name of a folder.
 */
export function rowsOf(dataset: DatasetState, split: SplitRecord | null, form: DataForm): SavedSample[] {
  const sides = new Map(SIDES.flatMap((side) => (split?.[side] ?? []).map((id) => [id, side] as const)));
  const samples = [...dataset.samples.values()];
  const sided = samples.every(({ id }) => sides.has(id));
  const folders = foldersOf(dataset);
  const taken = new Set<string>();
  return samples.map((sample) => {
    const side = sides.get(sample.id);
    const place = [...(sided && side !== undefined ? [side] : []), folders.get(sample.classId) ?? ''];
    const folder = form === 'folders' ? place.join('/') : 'files';
    const row: DataRow = {
      label: dataset.classes.find(({ id }) => id === sample.classId)?.name ?? '',
      split: side ?? '',
      group: groupOf(sample),
    };
    return { id: sample.id, kind: sample.kind, path: freePath(folder, sample, taken), row };
  });
}

/** A folder for each class; two labels that would share one get a number. */
function foldersOf({ classes }: DatasetState): Map<string, string> {
  const taken = new Set<string>();
  return new Map(
    classes.map(({ id, name }) => [id, unique((n) => safeFileName(name, 'class', suffix(n)), taken)]),
  );
}

function freePath(folder: string, { name, kind }: SampleRecord, taken: Set<string>): string {
  const base = name.replace(/\.[^.]{1,5}$/u, '');
  return unique((n) => `${folder}/${safeFileName(base, 'file', `${suffix(n)}${ENDINGS[kind]}`)}`, taken);
}

const suffix = (n: number): string => (n === 1 ? '' : ` (${n})`);

/** The first that is not taken; some file systems do not tell capitals, or composed letters from others. */
function unique(name: (n: number) => string, taken: Set<string>): string {
  for (let n = 1; ; n++) {
    const candidate = name(n);
    const key = candidate.normalize('NFC').toLowerCase();
    if (taken.has(key)) continue;
    taken.add(key);
    return candidate;
  }
}

/** As it would be in a column: the importer marks what came from one. */
function groupOf({ group }: SampleRecord): string {
  return group?.startsWith(NAMED_GROUP) === true ? group.slice(NAMED_GROUP.length) : (group ?? '');
}
