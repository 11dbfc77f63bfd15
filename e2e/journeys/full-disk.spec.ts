import { patternJpeg } from '../../src/testing/files/pictures.ts';
import { className, expect, given, test } from '../fixtures.ts';

test('a full disk is told, and what was kept stays', async ({ graft, page, pictureFolder, baseURL }) => {
  await graft.open();
  await graft.prepare.addFolder(await pictureFolder(2, 3));
  await graft.prepare.waitForPictures(6);
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', {
    origin: new URL(baseURL ?? '').origin,
    quotaSize: 1,
  });
  await graft.prepare.pickFiles([given('one more.jpg', patternJpeg(0, 77), 'image/jpeg')]);
  await graft.prepare.nameTheClass(className(0));
  await graft.prepare.agree();
  await expect(page.getByText(graft.say('errors:quota')).first()).toBeVisible();
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(baseURL ?? '').origin });
  await page.reload();
  await graft.ready();
  await graft.prepare.waitForPictures(6);
});
