/**
 * @file COCO annotations as a table of pictures and their category.
 * Source of the format: https://cocodataset.org/#format-data.
 */
import * as v from 'valibot';
import { EngineError } from '../../core/errors.ts';
import type { Table, TableRow } from './table.ts';

const id = v.union([v.number(), v.string()]);
const annotationsFile = v.object({
  images: v.array(v.object({ id, file_name: v.string() })),
  annotations: v.array(v.object({ image_id: id, category_id: id })),
  categories: v.array(v.object({ id, name: v.string() })),
});

/**
 * Columns: the file, and the category of everything that is marked in it. A picture with several categories has no one
 * label, which is a problem of its row (`table-several-labels`); one with none has an empty label.
 * @returns `null` if it is not COCO.
 */
export function cocoTable(value: unknown, name: string): Table | null {
  const parsed = v.safeParse(annotationsFile, value);
  if (!parsed.success) return null;
  const { images, annotations, categories } = parsed.output;
  const names = new Map(categories.map((one) => [one.id, one.name]));
  const labels = new Map<string | number, Set<string>>();
  for (const { image_id, category_id } of annotations) {
    const known = labels.get(image_id) ?? new Set();
    known.add(names.get(category_id) ?? '');
    labels.set(image_id, known);
  }
  return {
    name,
    format: 'coco',
    columns: ['file_name', 'category'],
    async *rows() {
      for (const [i, image] of images.entries()) {
        yield await Promise.resolve(rowOf(image.file_name, [...(labels.get(image.id) ?? [])], i + 1));
      }
    },
  };
}

function rowOf(file: string, categories: readonly string[], line: number): TableRow {
  const [first = ''] = categories;
  if (categories.length <= 1) return { line, values: [file, first] };
  const problem = new EngineError('table-several-labels', `${file} has ${categories.length} categories.`, {
    line,
    file,
    labels: categories.slice(0, 3).join(', '),
  });
  return { line, problem };
}
