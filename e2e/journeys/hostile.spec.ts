import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HOSTILE_NAMES, hostilePictures, hostileZips } from '../../src/testing/files/hostile.ts';
import { patternJpeg } from '../../src/testing/files/pictures.ts';
import { expect, given, test } from '../fixtures.ts';

test('each broken picture is named with its reason, and the others are in', async ({ graft }) => {
  const files = await hostilePictures();
  const good = files.filter(({ code }) => code === null);
  await graft.open();
  await graft.prepare.pickFiles(files.map(({ name, bytes }) => given(name, bytes)));
  await graft.prepare.nameTheClass('odd ones');
  await graft.prepare.agree();
  await graft.prepare.waitForPictures(good.length);
  for (const { name, code } of files) {
    const row = graft.prepare.leftOut.getByRole('row').filter({ hasText: name });
    if (code === null) await expect(row, name).toHaveCount(0);
    else await expect(row, name).toContainText(graft.say(`errors:${code}`));
  }
});

test('hostile names are shown as they are and run nothing', async ({ graft, page }) => {
  page.on('dialog', () => {
    throw new Error('A file name ran a script.');
  });
  await graft.open();
  await graft.prepare.pickFiles(
    HOSTILE_NAMES.map((name, index) => given(name, patternJpeg(0, index), 'image/jpeg')),
  );
  await graft.prepare.nameTheClass('<b>bold</b> & "quoted" 🐈');
  await graft.prepare.agree();
  await graft.prepare.waitForPictures(HOSTILE_NAMES.length);
  await expect(page.getByTitle('<b>bold</b> & "quoted" 🐈', { exact: true }).first()).toBeVisible();
  await page.reload();
  await graft.ready();
  await graft.prepare.waitForPictures(HOSTILE_NAMES.length);
});

test('each hostile zip is refused with its reason and nothing is lost', async ({
  graft,
  page,
  pictureFolder,
}) => {
  await graft.open();
  await graft.prepare.addFolder(await pictureFolder(2, 3));
  await graft.prepare.waitForPictures(6);
  const folder = await pictureFolder(0, 0);
  for (const { name, bytes, code } of await hostileZips()) {
    const file = join(folder, name);
    await writeFile(file, bytes);
    await graft.prepare.pickFiles([file]);
    if (code !== null) await graft.prepare.expectRefused(graft.say(`errors:${code}`));
    await page.keyboard.press('Escape');
    await expect(graft.prepare.dialog).toBeHidden();
  }
  await graft.prepare.waitForPictures(6);
});
