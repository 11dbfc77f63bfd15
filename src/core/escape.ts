/** @file Names come from strangers: a class may be called `<b>` or `*|`. How such a text stands in other languages as itself. */

/** A text as it stands in HTML, between tags or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A text as it stands in a paragraph or a table cell of Markdown, on one line. */
export function escapeMarkdown(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>|#]/g, (sign) => `\\${sign}`);
}

/** A text on one line: runs of white space become a space. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
