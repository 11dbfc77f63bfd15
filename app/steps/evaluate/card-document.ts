/** @file A model card as data, and how it is written: Markdown and a printable page. Names come from strangers: all escaped. */
import { escapeHtml } from '../../../src/index.ts';
import style from './card.css?raw';

export interface CardTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface CardSection {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly table?: CardTable;
}

export interface CardDocument {
  readonly title: string;
  readonly language: string;
  readonly lead: string;
  readonly sections: readonly CardSection[];
}

/** GitHub-flavoured Markdown. */
export function toMarkdown({ title, lead, sections }: CardDocument): string {
  const parts = sections.flatMap((section) => [
    `## ${plain(section.title)}`,
    ...section.paragraphs.map(plain),
    ...(section.table === undefined ? [] : [markdownTable(section.table)]),
  ]);
  return `${[`# ${plain(title)}`, plain(lead), ...parts].join('\n\n')}\n`;
}

function markdownTable({ header, rows }: CardTable): string {
  const line = (cells: readonly string[]) => `| ${cells.map(plain).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** One line without markup of its own: a class may be called `*` or `<b>`. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#]/g, (sign) => `\\${sign}`);
}

/** A whole page without script, made to be printed. */
export function toHtml({ title, language, lead, sections }: CardDocument): string {
  const table = ({ header, rows }: CardTable) =>
    `<table><thead><tr>${header.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('')}</tr></thead>` +
    `<tbody>${rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`).join('')}</tbody></table>`;
  const body = sections
    .map(
      (section) =>
        `<section><h2>${escapeHtml(section.title)}</h2>${section.paragraphs
          .map((one) => `<p>${escapeHtml(one)}</p>`)
          .join('')}${section.table === undefined ? '' : table(section.table)}</section>`,
    )
    .join('');
  return `<!doctype html><html lang="${escapeHtml(language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${style}</style></head><body><h1>${escapeHtml(title)}</h1><p>${escapeHtml(lead)}</p>${body}</body></html>`;
}
