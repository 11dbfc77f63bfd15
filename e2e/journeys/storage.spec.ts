import type { Page } from '@playwright/test';
import { patternJpeg } from '../../src/testing/files/pictures.ts';
import { expectAccessible } from '../accessible.ts';
import { className, expect, given, test } from '../fixtures.ts';
import type { Language } from '../pages/copy.ts';

/** Names of everything that the site keeps, by where it is. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const files: string[] = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
    return {
      files,
      databases: (await indexedDB.databases()).map(({ name }) => name),
      caches: await caches.keys(),
      choices: [...Object.keys(localStorage), ...Object.keys(sessionStorage)],
      serviceWorkers: (await navigator.serviceWorker.getRegistrations()).length,
    };
  });
const NOTHING = { files: [], databases: [], caches: [], choices: [], serviceWorkers: 0 };

for (const language of ['en', 'zh'] satisfies Language[]) {
  test.describe(`in ${language}`, () => {
    test.use({ language });

    test('one button erases everything, after a question, in other tabs too', async ({
      graft,
      page,
      pictureFolder,
    }) => {
      const { say } = graft;
      await graft.open();
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      await page.evaluate(async () => {
        const models = await caches.open('graft-models-1');
        await models.put('/model', new Response('downloaded'));
      });
      await graft.prepare.addFolder(await pictureFolder(2, 3));
      await graft.prepare.waitForPictures(6);
      const other = await page.context().newPage();
      await other.goto('/');
      await page.bringToFront();

      await page.getByRole('button', { name: say('common:header.help') }).click();
      await expect(page.getByRole('meter', { name: say('common:storage.meter') })).toBeVisible();
      await page.getByRole('button', { name: say('common:storage.erase'), exact: true }).click();
      const question = page.getByRole('dialog', { name: say('common:storage.eraseTitle') });
      await expectAccessible(page, 'the question before everything is erased');
      await question.getByRole('button', { name: say('common:cancel') }).click();
      await expect(question).toBeHidden();
      expect((await kept(page)).files).toEqual(['graft']);

      await page.getByRole('button', { name: say('common:storage.erase'), exact: true }).click();
      await question.getByRole('button', { name: say('common:storage.eraseAgree') }).click();
      await expect(page.getByRole('heading', { name: say('common:storage.erasedTitle') })).toBeVisible();
      await expect(other.getByRole('heading', { name: say('common:storage.erasedTitle') })).toBeVisible();
      await expect.poll(() => kept(page)).toEqual(NOTHING);
      await expectAccessible(page, 'after everything is erased');

      await other.close();
      await page.getByRole('button', { name: say('common:storage.beginAnew') }).click();
      await graft.ready();
      await expect(graft.railButton('prepare')).toContainText(say('common:rail.prepareOpen'));
    });
  });
}

test('pictures that the browser has cleared are named, and the rest opens', async ({
  graft,
  page,
  pictureFolder,
}) => {
  await graft.open();
  await graft.prepare.addFolder(await pictureFolder(2, 3));
  await graft.prepare.waitForPictures(6);
  await graft.prepare.addFilesTo(className(0), [given('cleared.jpg', patternJpeg(0, 77), 'image/jpeg')]);
  await graft.prepare.waitForPictures(7);
  await page.evaluate(async () => {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('graft');
    const pictures = await root.getDirectoryHandle('pictures');
    let latest: File | null = null;
    for await (const handle of pictures.values()) {
      const file = await (handle as FileSystemFileHandle).getFile();
      if (latest === null || file.lastModified > latest.lastModified) latest = file;
    }
    await pictures.removeEntry(latest?.name ?? '');
  });
  await page.reload();
  await graft.ready();
  await expect(graft.alerts.filter({ hasText: 'cleared.jpg' })).toBeVisible();
  await graft.prepare.open();
  await graft.prepare.waitForPictures(6);
});
