/** @file While the engine is gone, nothing that a person gives is lost, and the way back can be reached. */
import { killEngine, tapEngine } from '../faults/tap.ts';
import { expect, test } from '../fixtures.ts';

test.beforeEach(async ({ page }) => {
  await tapEngine(page);
});

test('files given while there is no engine wait for the next one', async ({ graft, page, pictureFolder }) => {
  await graft.open();
  await graft.prepare.open();
  await killEngine(page);
  const startAgain = graft.alerts.getByRole('button', { name: graft.say('common:startAgain') });
  await expect(startAgain).toBeVisible();
  await page
    .getByTestId('pick-folder')
    .first()
    .setInputFiles(await pictureFolder(2, 3));
  await expect(page.getByRole('progressbar', { name: graft.say('prepare:import.waiting') })).toBeVisible();
  await startAgain.click();
  await graft.prepare.agree();
  await graft.prepare.waitForPictures(6);
});

test('a question that was open steps aside for the way back, and is asked again as it was', async ({
  graft,
  page,
  pictureFolder,
}) => {
  await graft.open();
  await graft.prepare.open();
  await page
    .getByTestId('pick-folder')
    .first()
    .setInputFiles(await pictureFolder(2, 3));
  await graft.prepare.dialog.getByRole('radio', { name: graft.say('prepare:import.intoOne') }).check();
  await graft.prepare.nameTheClass('both');
  await killEngine(page);
  await expect(graft.prepare.dialog).toBeHidden();
  await graft.alerts.getByRole('button', { name: graft.say('common:startAgain') }).click();
  await graft.prepare.agree();
  await graft.prepare.waitForPictures(6);
  await expect(graft.prepare.card('both')).toBeVisible();
});

test('files that fall where nothing takes them do not take the page away', async ({
  graft,
  page,
  pictureFolder,
}) => {
  await graft.open();
  await graft.prepare.addFolder(await pictureFolder(2, 6));
  await graft.prepare.waitForPictures(12);
  await graft.fineTune.open();
  const refused = await page.evaluate(() =>
    ['dragover', 'drop'].map((kind) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['x'], 'x.jpg'));
      const init = { bubbles: true, cancelable: true, dataTransfer };
      return !document.querySelector('main')?.dispatchEvent(new DragEvent(kind, init));
    }),
  );
  expect(refused).toEqual([true, true]);
});
