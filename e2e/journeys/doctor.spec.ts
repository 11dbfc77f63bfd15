import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeJpeg } from '../../src/testing/files/jpeg.ts';
import { patternJpeg, patternPixel } from '../../src/testing/files/pictures.ts';
import { className, expect, test } from '../fixtures.ts';

const SIDE = 96;

/** A picture as `patternJpeg` draws it, but darker. */
function darker(classIndex: number, seed: number): Uint8Array<ArrayBuffer> {
  const pixel = patternPixel(classIndex, seed);
  return encodeJpeg({
    ...{ width: SIDE, height: SIDE, colour: 'rgb' },
    pixel: (x, y) => pixel(x, y).map((part) => 0.8 * part),
  });
}

test('the doctor finds a copy and a wrong label, and both are mended', async ({
  graft,
  page,
  pictureFolder,
}) => {
  const folder = await pictureFolder(2, 12);
  // Of a picture whose paper and ink differ in brightness too: copies are told by that.
  await writeFile(join(folder, className(1), 'copy.jpg'), darker(1, 5));
  await writeFile(join(folder, className(1), 'wrong.jpg'), patternJpeg(0, 77));
  await graft.open();
  await graft.prepare.addFolder(folder);
  await graft.prepare.waitForPictures(26);
  await page.getByRole('button', { name: graft.say('prepare:doctor.run') }).click();

  const section = page.getByRole('region', { name: graft.say('prepare:doctor.title') });
  const copies = section.getByRole('listitem').filter({
    hasText: graft.say('prepare:doctor.near-duplicates', { count: 1 }),
  });
  await expect(copies).toBeVisible({ timeout: 60_000 });
  const open = (name: string, index: number) =>
    page.getByRole('button', {
      name: graft.say('prepare:doctor.open', { name: `${name} (${className(index)})` }),
    });
  await expect(copies.locator(open('copy.jpg', 1))).toBeVisible();

  // The picture that is of the other kind stands first among the doubtful.
  const move = section
    .getByRole('button', { name: graft.say('prepare:doctor.moveTo', { name: className(0) }) })
    .first();
  // It is unlike its class too, which is another finding.
  const doubts = section
    .getByRole('listitem')
    .filter({ hasText: graft.say('prepare:doctor.labels', { count: 1 }) });
  await expect(doubts.locator(open('wrong.jpg', 1))).toBeVisible();
  await move.click();
  await expect(graft.prepare.card(className(0))).toContainText('13');
  await expect(doubts.locator(open('wrong.jpg', 1))).toBeHidden();

  await copies.getByRole('button', { name: graft.say('prepare:doctor.keepOne') }).click();
  await graft.prepare.waitForPictures(25);
  await expect(copies).toBeHidden();
  await expect(section).toContainText(graft.say('prepare:doctor.stale'));
  await page.getByRole('button', { name: graft.say('prepare:doctor.again') }).click();
  await expect(section).toContainText(graft.say('prepare:doctor.well', { count: 25 }), { timeout: 60_000 });
});
