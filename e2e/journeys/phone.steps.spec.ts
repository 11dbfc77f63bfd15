import { expect, test } from '../fixtures.ts';
import { STEPS } from '../pages/graft-page.ts';

test('a step that waits says what for', async ({ graft, page }) => {
  await graft.open();
  await page
    .getByRole('navigation')
    .getByRole('button', { name: graft.say('common:steps.evaluate') })
    .tap({ force: true });
  await expect(page.getByText(graft.say('common:waits.run')).last()).toBeInViewport();
});

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
