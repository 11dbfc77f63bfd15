import { patternJpeg } from '../../src/testing/files/pictures.ts';
import { className, expect, given, test } from '../fixtures.ts';

test.describe('while it learns', () => {
  test.beforeEach(async ({ graft, pictureFolder }) => {
    await graft.open();
    await graft.prepare.addFolder(await pictureFolder(2, 12));
    await graft.prepare.waitForPictures(24);
    await graft.fineTune.open();
  });

  test('it pauses, goes on and stops with its best state', async ({ graft }) => {
    const { fineTune } = graft;
    await fineTune.choosePreset('deep');
    await fineTune.setNumber('epochs', 400);
    await fineTune.setNumber('patience', 0);
    await fineTune.start();
    await expect.poll(() => fineTune.currentEpoch(), { timeout: 60_000 }).toBeGreaterThanOrEqual(2);
    await fineTune.button('pause').click();
    await expect(graft.railButton('fine-tune')).toContainText(graft.say('common:rail.fineTunePaused'));
    await fineTune.button('resume').click();
    const before = await fineTune.currentEpoch();
    await expect.poll(() => fineTune.currentEpoch(), { timeout: 60_000 }).toBeGreaterThan(before);
    await fineTune.button('stop').click();
    await fineTune.finished(1);
    await expect(fineTune.result('stopped')).toBeVisible();
    await graft.live.chooseFile(given('stripes.jpg', patternJpeg(0, 9003), 'image/jpeg'));
    await graft.live.expectBest(className(0));
    await expect(graft.live.speaker).toContainText(/run 1/i);
  });

  test('a discarded run leaves nothing', async ({ graft }) => {
    await graft.fineTune.setNumber('epochs', 1000);
    await graft.fineTune.setNumber('patience', 0);
    await graft.fineTune.choosePreset('deep');
    await graft.fineTune.start();
    await graft.fineTune.button('discard').click();
    await expect(graft.fineTune.teachButton).toBeEnabled();
    await expect(graft.railButton('fine-tune')).toContainText(graft.say('common:rail.fineTuneReady'));
  });

  test('an absurd learning rate ends in words, not in a broken model', async ({ graft, page }) => {
    // The page allows no such rate, so it is put into the message to the engine.
    await page.evaluate(() => {
      const post: unknown = Reflect.get(Worker.prototype, 'postMessage');
      if (typeof post !== 'function') throw new Error('There is no postMessage.');
      Worker.prototype.postMessage = function (message: unknown, transfer: unknown) {
        const text = JSON.stringify(message).replace(/"headLearningRate":[^,]+/, '"headLearningRate":1e30');
        const absurd: unknown = text.includes('"train.start"') ? JSON.parse(text) : message;
        Reflect.apply(post, this, [absurd, transfer]);
      };
    });
    await graft.fineTune.choosePreset('deep');
    await graft.fineTune.teachButton.click();
    await expect(page.getByText(graft.say('errors:loss-not-finite')).first()).toBeVisible({
      timeout: 60_000,
    });
    await expect(graft.fineTune.teachButton).toBeEnabled();
    await graft.prepare.open();
    await graft.prepare.waitForPictures(24);
  });

  test('it goes on while the tab is hidden', async ({ graft, page }) => {
    await graft.fineTune.choosePreset('deep');
    await graft.fineTune.setNumber('epochs', 40);
    await graft.fineTune.setNumber('patience', 0);
    await graft.fineTune.start();
    // A headless page is always visible, so it is told that it is hidden; its timers are slowed as a browser would.
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { get: () => 'hidden', configurable: true });
      Object.defineProperty(document, 'hidden', { get: () => true, configurable: true });
      globalThis.requestAnimationFrame = () => 0;
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await graft.fineTune.finished(1);
    await graft.evaluate.open();
    expect((await graft.evaluate.score()).total).toBeGreaterThan(0);
  });

  test('a reload in the middle keeps every picture and says what became of the run', async ({
    graft,
    page,
  }) => {
    await graft.fineTune.choosePreset('deep');
    await graft.fineTune.setNumber('epochs', 400);
    await graft.fineTune.setNumber('patience', 0);
    await graft.fineTune.start();
    await expect.poll(() => graft.fineTune.currentEpoch(), { timeout: 60_000 }).toBeGreaterThanOrEqual(2);
    await page.reload();
    await graft.ready();
    await graft.prepare.waitForPictures(24);
    await graft.fineTune.open();
    await expect(graft.fineTune.result('interrupted')).toBeVisible();
    await expect(graft.fineTune.teachButton).toBeEnabled();
    // And it goes on where it was, not from the start.
    await page.getByRole('button', { name: graft.say('fineTune:unfinished.goOn') }).click();
    await expect.poll(() => graft.fineTune.currentEpoch(), { timeout: 60_000 }).toBeGreaterThanOrEqual(2);
    await graft.fineTune.button('stop').click();
    await graft.fineTune.finished(1);
    await expect(graft.fineTune.result('stopped')).toBeVisible();
  });
});

test.describe('when the engine dies', () => {
  test.use({ expectedErrors: [/killed by the test/] });

  const deaths: Record<string, () => void> = {
    killed: () =>
      setTimeout(() => {
        throw new Error('killed by the test');
      }),
    'closed without a word': () => self.close(),
  };
  for (const [how, die] of Object.entries(deaths)) {
    test(`a worker ${how} in mid-training is told, and the way back loses nothing`, async ({
      graft,
      page,
      pictureFolder,
    }) => {
      await graft.open();
      await graft.prepare.addFolder(await pictureFolder(2, 12));
      await graft.prepare.waitForPictures(24);
      await graft.fineTune.open();
      await graft.fineTune.choosePreset('deep');
      await graft.fineTune.setNumber('epochs', 400);
      await graft.fineTune.start();
      const engine = page.workers().find((worker) => /worker/.test(worker.url()));
      await engine?.evaluate(die);
      await expect(graft.alerts.getByText(graft.say('common:engine.dead'))).toBeVisible();
      await graft.alerts.getByRole('button', { name: graft.say('common:startAgain') }).click();
      await graft.ready();
      await graft.prepare.waitForPictures(24);
      await graft.fineTune.open();
      await expect(graft.fineTune.teachButton).toBeEnabled();
    });
  }
});
