import type { Locator, Page } from '@playwright/test';
import { en } from '../../app/copy/en/index.ts';
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';
import { STEPS, type GraftPage } from '../pages/graft-page.ts';

/** A project in which every step has something to show. */
async function fullProject(graft: GraftPage, folder: string): Promise<void> {
  await graft.open();
  await graft.prepare.addFolder(folder);
  await graft.prepare.waitForPictures(24);
  await graft.fineTune.teach();
  await graft.evaluate.open();
  await graft.evaluate.score();
}

for (const language of ['en', 'zh'] as const) {
  test.describe(`in ${language}`, () => {
    test.use({ language });

    test('every step, light and dark, has no accessibility fault', async ({ graft, page, pictureFolder }) => {
      await page.emulateMedia({ colorScheme: 'light' });
      await graft.open();
      await graft.prepare.open();
      await expectAccessible(page, 'prepare, empty');
      await graft.prepare.addFolder(await pictureFolder(2, 12));
      await graft.prepare.waitForPictures(24);
      await graft.fineTune.teach();
      await graft.evaluate.open();
      await graft.evaluate.score();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
        for (const step of STEPS) {
          await graft.goTo(step);
          await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
          await expectAccessible(page, `${step}, ${colorScheme}`);
        }
      }
    });
  });
}

test.describe('in Chinese', () => {
  test.use({ language: 'zh' });

  test('no English sentence is left', async ({ graft, page, pictureFolder }) => {
    await fullProject(graft, await pictureFolder(2, 12));
    const sentences = leavesOf(en).filter((text) => /[a-z] [a-z]/.test(text) && !text.includes('{{'));
    for (const step of STEPS) {
      await graft.goTo(step);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      const shown = await page.locator('body').innerText();
      expect(
        sentences.filter((sentence) => shown.includes(sentence)),
        step,
      ).toEqual([]);
      // What is written without the catalogues would show as a run of English words.
      expect(shown.match(/[a-z]{2,}( [a-z]{2,}){3,}/gi) ?? [], step).toEqual([]);
    }
  });
});

function leavesOf(catalogue: object): string[] {
  return Object.values(catalogue).flatMap((value: unknown) =>
    typeof value === 'string' ? [value] : leavesOf(value as object),
  );
}

/** Goes from control to control with Tab until one has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 150; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('Tab never reached the control.');
}

test('the next step begins at its top, and the keyboard goes on from there', async ({
  graft,
  page,
  pictureFolder,
}) => {
  await graft.open();
  await graft.prepare.addFolder(await pictureFolder(4, 6));
  await graft.prepare.waitForPictures(24);
  const main = page.getByRole('main');
  const next = page.getByRole('button', {
    name: graft.say('common:next', { step: graft.say('common:steps.fine-tune') }),
  });
  await next.scrollIntoViewIfNeeded();
  expect(await main.evaluate((element) => element.scrollTop)).toBeGreaterThan(0);
  await next.click();
  await expect(page.getByRole('heading', { name: graft.say('fineTune:title') })).toBeInViewport();
  expect(await main.evaluate((element) => element.scrollTop)).toBe(0);
  await expect(main).toBeFocused();
});

test('from the sample set to the result with the keyboard alone', async ({ graft, page }) => {
  await graft.open();
  const press = async (target: Locator) => {
    await target.waitFor();
    await tabTo(page, target);
    await page.keyboard.press('Enter');
  };
  await press(graft.railButton('prepare'));
  await press(page.getByRole('button', { name: graft.say('prepare:empty.sampleButtons.emoji') }));
  await graft.prepare.waitForSampleSet();
  // What was pressed has gone; the keyboard goes on from where it was, not from the top of the page.
  const focused = page.locator(':focus');
  await expect(focused).toHaveCount(1);
  await press(graft.railButton('fine-tune'));
  const line = page.getByRole('slider', { name: graft.say('fineTune:tree.label') });
  await tabTo(page, line);
  const headOnly = await line.getAttribute('aria-valuetext');
  await page.keyboard.press('ArrowDown');
  await expect(line).not.toHaveAttribute('aria-valuetext', headOnly ?? '');
  await page.keyboard.press('ArrowUp');
  await expect(line).toHaveAttribute('aria-valuetext', headOnly ?? '');
  await press(graft.fineTune.teachButton);
  await graft.fineTune.finished(1);
  await expect(focused).toHaveCount(1);
  await press(graft.railButton('evaluate'));
  expect((await graft.evaluate.score()).total).toBeGreaterThan(20);
});
