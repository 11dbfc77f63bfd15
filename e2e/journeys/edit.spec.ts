import type { Page } from '@playwright/test';
import { className, expect, test } from '../fixtures.ts';
import type { Say } from '../pages/copy.ts';
import type { GraftPage } from '../pages/graft-page.ts';

/** How many pictures each class has, as its card says. */
async function expectClasses({ prepare, say }: GraftPage, counts: Record<string, number>): Promise<void> {
  await expect(prepare.cards).toHaveCount(Object.keys(counts).length);
  for (const [name, count] of Object.entries(counts)) {
    const label = say('prepare:pictures', { count });
    await expect(prepare.card(name).getByLabel(label, { exact: true }), name).toBeVisible();
  }
}

async function fromMenu(page: Page, say: Say, name: string, item: string, inside?: string): Promise<void> {
  await page.getByRole('button', { name: say('prepare:class.menu', { name }), exact: true }).click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
  if (inside !== undefined) await page.getByRole('menuitem', { name: inside, exact: true }).click();
}

test('classes are renamed, merged and deleted, pictures moved and deleted, and each is undone, after a reload too', async ({
  graft,
  page,
  pictureFolder,
}) => {
  const { prepare, say } = graft;
  const [a, b, c] = [0, 1, 2].map(className) as [string, string, string];
  await graft.open();
  await prepare.addFolder(await pictureFolder(3, 4));
  await prepare.waitForPictures(12);
  const undo = page.getByRole('button', { name: new RegExp(`^${say('prepare:undo.undo')}: `) });
  const redo = page.getByRole('button', { name: new RegExp(`^${say('prepare:undo.redo')}: `) });

  const name = page.getByTitle(a, { exact: true });
  await name.fill('renamed');
  await name.press('Enter');
  await expectClasses(graft, { renamed: 4, [b]: 4, [c]: 4 });
  await undo.click();
  await expectClasses(graft, { [a]: 4, [b]: 4, [c]: 4 });
  await redo.click();
  await expectClasses(graft, { renamed: 4, [b]: 4, [c]: 4 });

  await fromMenu(page, say, c, say('prepare:class.mergeInto'), b);
  await expectClasses(graft, { renamed: 4, [b]: 8 });
  await undo.click();
  await expectClasses(graft, { renamed: 4, [b]: 4, [c]: 4 });

  // Two of four, by the keyboard: the first is active already.
  await page.getByRole('listbox', { name: say('prepare:class.grid', { name: b }) }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+ArrowRight');
  const bar = page.getByRole('toolbar', { name: say('prepare:selection.label') });
  await expect(bar).toContainText(say('prepare:selection.count', { count: 2 }));
  await bar.getByRole('button', { name: say('prepare:selection.move') }).click();
  await page.getByRole('menuitem', { name: c }).click();
  await expectClasses(graft, { renamed: 4, [b]: 2, [c]: 6 });

  await fromMenu(page, say, 'renamed', say('prepare:class.selectAll'));
  await bar.getByRole('button', { name: say('prepare:selection.delete') }).click();
  await expectClasses(graft, { renamed: 0, [b]: 2, [c]: 6 });
  await fromMenu(page, say, b, say('prepare:class.delete'));
  await expectClasses(graft, { renamed: 0, [c]: 6 });

  await page.reload();
  await graft.ready();
  await prepare.open();
  await expectClasses(graft, { renamed: 0, [c]: 6 });
  for (const counts of [
    { renamed: 0, [b]: 2, [c]: 6 },
    { renamed: 4, [b]: 2, [c]: 6 },
    { renamed: 4, [b]: 4, [c]: 4 },
    { [a]: 4, [b]: 4, [c]: 4 },
  ]) {
    await undo.click();
    await expectClasses(graft, counts);
  }
});
