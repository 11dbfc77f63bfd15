import type { Page } from '@playwright/test';
import { createRng } from '../../src/core/rng.ts';
import { writeWav } from '../../src/data/sound/wav.ts';
import { tuneSamples, type Tune } from '../../src/testing/files/sounds.ts';
import { CAPTURE_PROBLEMS, inBrowserWith, playing } from '../fake-media.ts';
import { expect, test } from '../fixtures.ts';
import { GraftPage } from '../pages/graft-page.ts';

const RATE = 16_000;
/** What the fake microphone hears each time it is opened, s: noise, then one tune again and again, then another. */
const NOISE_S = 8;
const TUNE_S = 12;
/** From the beginning of one tune to that of the next, s. */
const EVERY_S = 1.5;

function microphoneWav(): Uint8Array {
  const rng = createRng(2);
  const samples = Float32Array.from(
    { length: (NOISE_S + 2 * TUNE_S) * RATE },
    () => 0.02 * (rng.next() - 0.5),
  );
  const tunes: readonly Tune[] = ['rising', 'warble'];
  tunes.forEach((tune, scene) => {
    for (let i = 0; (i + 1) * EVERY_S <= TUNE_S; i++) {
      const from = Math.round((NOISE_S + scene * TUNE_S + i * EVERY_S) * RATE);
      tuneSamples(tune, i).forEach((value, k) => (samples[from + k] = (samples[from + k] ?? 0) + value));
    }
  });
  return writeWav({ samples, rate: RATE });
}

test.use({ kind: 'sound', launchOptions: [...playing('audio', 'wav', microphoneWav)] });

/** Records into the class whose microphone is open, from so long after now on; the sounds of the project after it. */
async function record({ page, say, prepare }: GraftPage, waitS: number, seconds: number): Promise<number> {
  const button = page.getByRole('button', { name: say('sound:record.start') });
  await expect(button).toBeEnabled();
  await page.waitForTimeout(waitS * 1000);
  await button.click();
  await page.waitForTimeout(seconds * 1000);
  await page.getByRole('button', { name: say('sound:record.stop', { seconds }).split(' ')[0] ?? '' }).click();
  await expect(button).toBeEnabled();
  return prepare.pictureCount();
}

function openMicrophone(page: Page, { say }: GraftPage, name: string): Promise<void> {
  return page.getByRole('button', { name: say('prepare:class.cameraFor', { name }) }).click();
}

test('noise and two words are recorded, cut, taught and recognised as they sound', async ({
  graft,
  page,
}) => {
  // What is recorded and recognised sounds for as long as it takes.
  test.setTimeout(240_000);
  await graft.open();
  await graft.chooseSounds();
  await graft.prepare.open();
  await page.getByRole('button', { name: graft.say('prepare:empty.cameraButton') }).click();
  const noise = await record(graft, 0, 6);
  // Pieces of a second and a half.
  expect(noise).toBeGreaterThanOrEqual(3);
  expect(noise).toBeLessThanOrEqual(5);
  const words = [1, 2].map((number) => graft.say('prepare:newClass', { number }));
  let before = noise;
  for (const [scene, word] of words.entries()) {
    await openMicrophone(page, graft, word);
    const after = await record(graft, NOISE_S + 0.5 + scene * TUNE_S, TUNE_S - 2);
    // A tune each second and a half; the first and the last may be cut off.
    expect(after - before).toBeGreaterThanOrEqual(5);
    expect(after - before).toBeLessThanOrEqual(8);
    before = after;
  }
  await graft.fineTune.teach();
  await graft.live.show();
  await graft.live.region.getByRole('button', { name: graft.say('sound:microphone.start') }).click();
  for (const word of words) {
    await expect(graft.live.region.getByRole('status').filter({ hasText: word })).toBeVisible({
      timeout: 45_000,
    });
  }
});

for (const [problem, flags] of CAPTURE_PROBLEMS) {
  test(`a microphone that is ${problem} is told, with another way`, async ({ baseURL, language }) => {
    await inBrowserWith(flags, async (page) => {
      const graft = new GraftPage(page, language, 'sound');
      await graft.open(baseURL);
      await graft.chooseSounds();
      await graft.live.show();
      await graft.live.region.getByRole('button', { name: graft.say('sound:microphone.start') }).click();
      await expect(
        graft.live.region.getByText(graft.say(`sound:microphone.problem.${problem}`)),
      ).toBeVisible();
    });
  });
}

for (const doubt of ['muted', 'telephone', 'stereo'] as const) {
  test(`a microphone that is ${doubt} is told`, async ({ graft, page }) => {
    await page.addInitScript((wrong) => {
      const { mediaDevices } = navigator;
      const open = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async (constraints) => {
        const stream = await open(constraints);
        const [track] = stream.getAudioTracks();
        if (track === undefined) return stream;
        if (wrong === 'muted') track.enabled = false;
        const settings = track.getSettings();
        const other = wrong === 'telephone' ? { sampleRate: 8000 } : { channelCount: 2 };
        if (wrong !== 'muted') track.getSettings = () => ({ ...settings, ...other });
        return stream;
      };
    }, doubt);
    await graft.open();
    await graft.chooseSounds();
    await graft.live.show();
    await graft.live.region.getByRole('button', { name: graft.say('sound:microphone.start') }).click();
    await expect(graft.live.region.getByText(graft.say(`sound:microphone.doubt.${doubt}`))).toBeVisible();
  });
}
