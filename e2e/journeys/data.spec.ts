import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { patternJpeg } from '../../src/testing/files/pictures.ts';
import { zipOf } from '../../src/testing/files/zips.ts';
import { className, expect, given, test } from '../fixtures.ts';

test('a folder is added, taught and examined', async ({ graft, pictureFolder }) => {
  const folder = await pictureFolder(3, 24);
  await graft.open();
  await graft.prepare.addFolder(folder);
  await graft.prepare.waitForPictures(72);
  await graft.fineTune.teach();
  await graft.evaluate.open();
  const { total, accuracy } = await graft.evaluate.score();
  expect(total).toBeGreaterThanOrEqual(9);
  expect(accuracy).toBeGreaterThanOrEqual(0.85);
  await expect(graft.evaluate.matrix.getByRole('row')).toHaveCount(4);
  await graft.live.chooseFile(given('dots.jpg', patternJpeg(1, 9001), 'image/jpeg'));
  await graft.live.expectBest(className(1));
});

test('folders dragged onto the page show what they would become, are taken, taught and examined', async ({
  graft,
  page,
  pictureFolder,
}) => {
  const folder = await pictureFolder(2, 20);
  await graft.open();
  await graft.prepare.open();
  const session = await page.context().newCDPSession(page);
  const data = {
    items: [],
    files: [0, 1].map((index) => join(folder, className(index))),
    dragOperationsMask: 1,
  };
  const drag = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    session.send('Input.dispatchDragEvent', { type, x: 500, y: 400, data });
  await drag('dragEnter');
  // A hand does not hold still: a drag goes on telling where it is.
  await expect(async () => {
    await drag('dragOver');
    await expect(page.getByText(graft.say('prepare:drop.over'))).toBeVisible({ timeout: 1000 });
  }).toPass();
  await drag('drop');
  await expect(graft.prepare.dialog).toContainText(
    graft.say('prepare:import.folders', { count: 2, classes: graft.say('prepare:classes', { count: 2 }) }),
  );
  await graft.prepare.agree();
  await graft.prepare.waitForPictures(40);
  for (const index of [0, 1]) {
    await expect(graft.prepare.card(className(index))).toContainText('20');
  }
  await graft.fineTune.teach();
  await graft.evaluate.open();
  expect((await graft.evaluate.score()).total).toBeGreaterThan(3);
});

test('whoever began otherwise is offered the sample set still', async ({ graft, page }) => {
  await graft.open();
  await graft.prepare.open();
  await page.getByRole('button', { name: graft.say('prepare:empty.cameraButton') }).click();
  const offer = page.getByRole('button', { name: graft.say('prepare:addSamples') });
  await offer.click();
  await graft.prepare.waitForSampleSet();
  await expect(graft.prepare.cards).toHaveCount(6);
  await expect(offer).toBeHidden();
});

test('before any training the third picture of two classes brings answers', async ({
  graft,
  pictureFolder,
}) => {
  const folder = await pictureFolder(2, 4);
  await graft.open();
  await graft.prepare.addFolder(folder);
  await graft.prepare.waitForPictures(8);
  await graft.live.chooseFile(given('stripes.jpg', patternJpeg(0, 9002), 'image/jpeg'));
  await graft.live.expectBest(className(0));
  await expect(graft.live.speaker).toContainText(graft.say('live:instantWith', { count: 8 }));
});

test('a zip of folders becomes classes', async ({ graft, page, pictureFolder }) => {
  const zip = await zipOf(
    [0, 1].flatMap((classIndex) =>
      [0, 1, 2].map((seed) => ({
        path: `things/${className(classIndex)}/same name.jpg`.replace('same', `same ${seed}`),
        bytes: patternJpeg(classIndex, seed),
      })),
    ),
  );
  const file = join(await pictureFolder(0, 0), 'things.zip');
  await writeFile(file, zip);
  await graft.open();
  await graft.prepare.pickFiles([file]);
  await graft.prepare.agree();
  await graft.prepare.waitForPictures(6);
  await expect(page.getByTitle(className(0), { exact: true }).first()).toBeVisible();
  await expect(page.getByTitle(className(1), { exact: true }).first()).toBeVisible();
});

test('two files of one name are both kept', async ({ graft }) => {
  await graft.open();
  await graft.prepare.pickFiles([
    given('photo.jpg', patternJpeg(0, 1), 'image/jpeg'),
    given('photo.jpg', patternJpeg(0, 2), 'image/jpeg'),
  ]);
  await graft.prepare.nameTheClass('things');
  await graft.prepare.agree();
  await graft.prepare.waitForPictures(2);
});
