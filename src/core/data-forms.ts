/** The forms in which a data set leaves: folders by label, or a table beside the files. All are zips. */
export const DATA_FORMS = ['folders', 'csv', 'jsonl', 'parquet'] as const;
export type DataForm = (typeof DATA_FORMS)[number];
