/** @file The sample sets of texts: one text a line, a file for each class; `texts/README.md` is their data statement. */
import type { SampleSetId } from '../../core/sample-sets.ts';
import { SAMPLE_SETS } from '../../core/sample-sets.ts';

export type WrittenSetId = {
  [Id in SampleSetId]: (typeof SAMPLE_SETS)[Id]['kind'] extends 'text' ? Id : never;
}[SampleSetId];

/** Loaded when somebody takes one. */
const FILES = import.meta.glob<string>('./texts/*.txt', { query: '?raw', import: 'default' });

/** One text of a set. */
export interface WrittenSample {
  /** Index into the classes of the set. */
  readonly classIndex: number;
  readonly name: string;
  readonly content: string;
}

export function isWritten(id: SampleSetId): id is WrittenSetId {
  return SAMPLE_SETS[id].kind === 'text';
}

/** The texts of a set, class by class in turn, so that every class grows from the start. */
export async function writtenSet(id: WrittenSetId): Promise<readonly WrittenSample[]> {
  const { classes } = SAMPLE_SETS[id];
  const columns = await Promise.all(
    classes.map(async (name) => {
      const read = FILES[`./texts/${id}-${name}.txt`];
      return read === undefined ? [] : (await read()).trim().split('\n');
    }),
  );
  const longest = Math.max(...columns.map((column) => column.length));
  return Array.from({ length: longest }, (_, row) =>
    columns.flatMap((column, classIndex) => {
      const content = column[row];
      return content === undefined
        ? []
        : [{ classIndex, name: `${id}-${classes[classIndex] ?? ''}-${row + 1}`, content }];
    }),
  ).flat();
}
