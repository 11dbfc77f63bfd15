import { patternJpeg } from '../../src/testing/files/pictures.ts';
import { className, expect, given, test } from '../fixtures.ts';

test('one class only: the next step says what it waits for', async ({ graft, pictureFolder }) => {
  await graft.open();
  await graft.prepare.addFolder(await pictureFolder(1, 4));
  await graft.prepare.waitForPictures(4);
  await expect(graft.railButton('fine-tune')).toContainText(graft.say('common:waits.classes'));
  await expect(graft.railButton('fine-tune')).toHaveAttribute('aria-disabled', 'true');
});

test('classes with no, one and two pictures are named, and the rest can be taught', async ({
  graft,
  page,
  pictureFolder,
}) => {
  await graft.open();
  await graft.prepare.addFolder(await pictureFolder(2, 8));
  await graft.prepare.waitForPictures(16);
  await graft.prepare.addClass('empty');
  for (const [name, count] of [
    ['single', 1],
    ['pair', 2],
  ] as const) {
    await graft.prepare.addClass(name);
    const files = Array.from({ length: count }, (_, index) =>
      given(`${name}${index}.jpg`, patternJpeg(3 + count, index), 'image/jpeg'),
    );
    await graft.prepare.addFilesTo(name, files);
  }
  await graft.prepare.waitForPictures(19);
  await expect(
    page.getByText(graft.say('prepare:finding.empty-classes', { count: 1, names: 'empty' })),
  ).toBeVisible();
  await graft.fineTune.teach();
  await graft.live.chooseFile(given('stripes.jpg', patternJpeg(0, 9004), 'image/jpeg'));
  await graft.live.expectBest(className(0));
});

test('two hundred classes', async ({ graft, pictureFolder }) => {
  test.slow();
  await graft.open();
  await graft.prepare.addFolder(await pictureFolder(200, 3));
  await graft.prepare.waitForPictures(600);
  await graft.fineTune.teach(90_000);
  await graft.evaluate.open();
  await expect(graft.evaluate.matrix).toBeVisible({ timeout: 60_000 });
});
