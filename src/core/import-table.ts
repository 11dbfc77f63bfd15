/** @file Tables in a drop that say which picture is what: their columns, and what each column is taken for. */

/** The forms of a table that are told apart by content. */
export type TableFormat = 'csv' | 'json' | 'jsonl' | 'coco' | 'parquet';

export interface TableColumn {
  readonly name: string;
  /** The first few values, shortened; shown as text. */
  readonly examples: readonly string[];
}

/** What columns mean, each by its place from 0; `null`: no column. */
export interface TableMapping {
  /** Paths that point into the same drop; of texts, the texts themselves. */
  readonly file: number;
  /** Class names. Without one, folders are the classes. */
  readonly label: number | null;
  /** Train, validation or test. */
  readonly side: number | null;
  /** What must not straddle the split: a patient, a speaker, a source file. */
  readonly group: number | null;
}

/** A table that was found in a drop. */
export interface TablePreview {
  readonly name: string;
  readonly format: TableFormat;
  readonly columns: readonly TableColumn[];
  /** Rows, without the header. */
  readonly rows: number;
  /** Rows whose picture is in the drop. */
  readonly matched: number;
  /** The mapping that was used, which is a guess unless one was given. */
  readonly mapping: TableMapping;
}
