import { expect } from '@playwright/test';
import type { GraftPage } from './graft-page.ts';

/** Saves the project through the header and returns the file's path on disk. */
export async function saveProject({ page, say }: GraftPage): Promise<string> {
  await page.getByRole('button', { name: say('use:project.menu') }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: say('use:project.save') }).click();
  return (await download).path();
}

/** Opens a saved project through the header; agrees that it takes the place of the current one. */
export async function openProject({ page, say }: GraftPage, file: string): Promise<void> {
  await page.getByRole('button', { name: say('use:project.menu') }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('menuitem', { name: say('use:project.open') }).click();
  await (await chooser).setFiles(file);
}

/** When there is something to lose, the page asks before it opens another project. */
export async function agreeToReplace({ page, say }: GraftPage): Promise<void> {
  const dialog = page.getByRole('dialog', { name: say('use:project.replaceOpen') });
  await dialog.getByRole('button', { name: say('use:project.replaceAnyway') }).click();
  await expect(dialog).toBeHidden();
}
