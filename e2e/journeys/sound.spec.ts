import { tuneWav } from '../../src/testing/files/sounds.ts';
import { expect, given, test } from '../fixtures.ts';

test.use({ kind: 'sound' });

test('a folder of sounds is added, heard, taught at every depth and examined', async ({
  graft,
  page,
  soundFolder,
}) => {
  const folder = await soundFolder(3, 16);
  await graft.open();
  await graft.chooseSounds();
  await graft.prepare.addFolder(folder);
  await graft.prepare.waitForPictures(48);
  await expect(graft.prepare.cards).toHaveCount(3);

  await graft.live.chooseFile(given('one more.wav', tuneWav('warble', 9001), 'audio/wav'));
  await graft.live.expectBest('warble');

  await graft.fineTune.teach();
  for (const preset of ['deep', 'all'] as const) {
    await graft.fineTune.choosePreset(preset);
    await graft.fineTune.setNumber('epochs', 2);
    await graft.fineTune.teachButton.click();
    await graft.fineTune.finished(preset === 'deep' ? 2 : 3);
  }
  await graft.evaluate.open();
  const { total, accuracy } = await graft.evaluate.score();
  expect(total).toBeGreaterThanOrEqual(6);
  expect(accuracy).toBeGreaterThanOrEqual(0.8);
  await expect(graft.evaluate.matrix.getByRole('row')).toHaveCount(4);
  // What is for pictures only is not there.
  await expect(page.getByText(graft.say('stress:title'))).toBeHidden();

  await graft.prepare.open();
  await graft.prepare.card('rising').getByRole('option').first().dblclick();
  const player = page.getByRole('dialog').locator('audio');
  await expect(player).toBeVisible();
  await expect
    .poll(() => player.evaluate((audio) => (audio instanceof HTMLAudioElement ? audio.currentTime : 0)))
    .toBeGreaterThan(0);
});

test('the words that come with the site are taken, taught, and told in voices that were never heard', async ({
  graft,
  page,
}) => {
  await graft.open();
  await graft.chooseSounds();
  await graft.prepare.open();
  const button = (set: 'englishWords' | 'chineseWords') =>
    page.getByRole('button', { name: graft.say(`prepare:empty.sampleButtons.${set}`), exact: true });
  await expect(button('chineseWords')).toBeVisible();
  await button('englishWords').click();
  await graft.prepare.waitForPictures(224);
  await expect(graft.prepare.cards).toHaveCount(8);
  await expect(graft.prepare.card('forward')).toBeVisible();
  await graft.fineTune.teach();
  await graft.evaluate.open();
  const { total, accuracy } = await graft.evaluate.score();
  expect(total).toBeGreaterThanOrEqual(32);
  expect(accuracy).toBeGreaterThanOrEqual(0.75);
});
