import { expect, test } from '../fixtures.ts';

test('from the sample set to a live answer in at most five clicks', async ({ graft, page }) => {
  await page.addInitScript(() => {
    addEventListener('pointerdown', () => {
      sessionStorage.setItem('clicks', String(Number(sessionStorage.getItem('clicks') ?? 0) + 1));
    });
  });
  await graft.open();
  await graft.prepare.open();
  await graft.prepare.takeSampleSet();
  await graft.fineTune.open();
  await graft.fineTune.teachButton.click();
  await graft.fineTune.finished(1);
  await graft.live.startCamera();
  const answers = await graft.live.answers();
  const clicks = await page.evaluate(() => Number(sessionStorage.getItem('clicks')));
  expect(clicks).toBeLessThanOrEqual(5);
  expect(answers.map(({ name }) => name).sort()).toEqual(['Animals', 'Faces', 'Food', 'Vehicles']);
  await expect(graft.live.speaker).toContainText(/run 1/i);
});
