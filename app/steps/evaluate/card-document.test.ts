import { describe, expect, it } from 'vitest';
import { toHtml, toMarkdown, type CardDocument } from './card-document.ts';

const card: CardDocument = {
  title: 'Fruit: model card',
  language: 'en',
  lead: 'Made with Graft.',
  sections: [
    { title: 'Data', paragraphs: ['Two classes.', 'Line\nbreak'] },
    {
      title: 'Result',
      paragraphs: [],
      table: { header: ['Class', 'Found'], rows: [['a|b', '90 %'], ['<img src=x onerror=alert(1)>', '*']] }, // prettier-ignore
    },
  ],
};

describe('the model card', () => {
  it('is Markdown in which no name has a meaning', () => {
    const text = toMarkdown(card);
    expect(text).toContain(
      '# Fruit: model card\n\nMade with Graft.\n\n## Data\n\nTwo classes.\n\nLine break',
    );
    expect(text).toContain('| Class | Found |\n| --- | --- |\n| a\\|b | 90 % |');
    expect(text).toContain('\\<img src=x onerror=alert(1)\\> | \\* |');
  });

  it('is a page in which no name is an element', () => {
    const page = toHtml(card);
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('<td>a|b</td><td>90 %</td>');
    expect(page).not.toContain('<img');
    expect(page).not.toContain('<script');
  });
});
