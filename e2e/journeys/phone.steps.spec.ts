import { expect, test } from '../fixtures.ts';
import { STEPS } from '../pages/graft-page.ts';

test('no step is wider than a phone', async ({ graft, page, pictureFolder }) => {
  await graft.open();
  await graft.prepare.addFolder(await pictureFolder(3, 10));
  await graft.prepare.waitForPictures(30);
  await graft.fineTune.teach();
  await graft.evaluate.open();
  await graft.evaluate.score();
  for (const step of STEPS) {
    await graft.goTo(step);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const [content, view] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    expect(content, step).toBeLessThanOrEqual(view);
  }
});
