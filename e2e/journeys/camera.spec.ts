import type { Page } from '@playwright/test';
import { patternPixel } from '../../src/testing/files/pictures.ts';
import { encodeY4m } from '../../src/testing/files/y4m.ts';
import { CAPTURE_PROBLEMS, inBrowserWith, playing } from '../fake-media.ts';
import { expect, test } from '../fixtures.ts';
import { GraftPage } from '../pages/graft-page.ts';

/** Frames of each of the two scenes: four seconds. */
const SCENE_FRAMES = 40;
const FRAMES_PER_SECOND = 10;

/** The video of the fake camera: red stripes, then blue dots, over and over. */
function cameraVideo(): Uint8Array {
  const frames = [0, 1].flatMap((scene) =>
    Array.from({ length: SCENE_FRAMES }, (_, index) => patternPixel(scene, index)),
  );
  return encodeY4m({ width: 160, height: 120, framesPerSecond: FRAMES_PER_SECOND, frames });
}

test.use({ launchOptions: [...playing('video', 'y4m', cameraVideo)] });

/** Which scene the camera shows now: red is scene 0, blue scene 1. */
function sceneOf(page: Page): Promise<number | null> {
  return page.evaluate(() => {
    const video = [...document.querySelectorAll('video')].find((one) => one.videoWidth > 0);
    if (video === undefined) return null;
    const canvas = new OffscreenCanvas(16, 16);
    const context = canvas.getContext('2d');
    context?.drawImage(video, 0, 0, 16, 16);
    const data = context?.getImageData(0, 0, 16, 16).data ?? [];
    let [red, blue] = [0, 0];
    for (let at = 0; at < data.length; at += 4) {
      red += data[at] ?? 0;
      blue += data[at + 2] ?? 0;
    }
    return red > blue ? 0 : 1;
  });
}

/** Waits for the beginning of a scene, so that its four seconds are ahead. */
async function sceneBegins(page: Page, scene: number): Promise<void> {
  const options = { intervals: [100], timeout: 20_000 };
  await expect.poll(() => sceneOf(page), options).toBe(1 - scene);
  await expect.poll(() => sceneOf(page), options).toBe(scene);
}

test('two scenes are recorded, taught and told apart live', async ({ graft, page }) => {
  await graft.open();
  await graft.prepare.open();
  await page.getByRole('button', { name: graft.say('prepare:empty.cameraButton') }).click();
  await sceneBegins(page, 0);
  await graft.prepare.record(8);
  const second = graft.say('prepare:newClass', { number: 2 });
  await page.getByRole('button', { name: graft.say('prepare:class.cameraFor', { name: second }) }).click();
  await sceneBegins(page, 1);
  await graft.prepare.record(8);
  await page.getByRole('button', { name: graft.say('prepare:class.closeCamera', { name: second }) }).click();
  await graft.fineTune.teach();
  await graft.live.startCamera();
  for (const scene of [0, 1]) {
    await sceneBegins(page, scene);
    await graft.live.expectBest(graft.say('prepare:newClass', { number: scene + 1 }));
  }
});

test('a camera unplugged in mid-capture keeps what was taken', async ({ graft, page }) => {
  await graft.open();
  await graft.prepare.open();
  await page.getByRole('button', { name: graft.say('prepare:empty.cameraButton') }).click();
  await expect.poll(() => sceneOf(page)).not.toBeNull();
  await graft.prepare.startRecording(3);
  await page.evaluate(() => {
    const stream = document.querySelector('video')?.srcObject;
    if (!(stream instanceof MediaStream)) throw new Error('The camera is not on.');
    for (const track of stream.getTracks()) {
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
  });
  await page.mouse.up();
  await expect(page.getByText(graft.say('capture:problem.unplugged'))).toBeVisible();
  await expect.poll(() => graft.prepare.pictureCount()).toBeGreaterThanOrEqual(3);
});

for (const [problem, flags] of CAPTURE_PROBLEMS) {
  test(`a camera that is ${problem} is told, with another way`, async ({ baseURL, language }) => {
    await inBrowserWith(flags, async (page) => {
      const graft = new GraftPage(page, language);
      await graft.open(baseURL);
      await graft.live.startCamera();
      await expect(graft.live.region.getByText(graft.say(`capture:problem.${problem}`))).toBeVisible();
    });
  });
}
