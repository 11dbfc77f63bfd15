/** @file The exam as a place to work: from a number to its pictures, mended and taught on, compared, and handed in. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { confusionMatrix } from '../../src/evaluate/metrics.ts';
import { openProjectFile, writeProjectFile } from '../../src/persist/project-file.ts';
import { patternJpeg } from '../../src/testing/files/pictures.ts';
import { className, expect, given, test } from '../fixtures.ts';
import { anyCount, like } from '../pages/copy.ts';
import type { GraftPage } from '../pages/graft-page.ts';
import { agreeToReplace, openProject, saveProject } from '../pages/project-files.ts';

const [STRIPES, DOTS] = [className(0), className(1)] as const;

/** Three classes of which the first has dots under its name: wrong labels that the exam finds. */
async function taughtWithWrongLabels(graft: GraftPage, folder: string): Promise<void> {
  for (let index = 0; index < 10; index++)
    await writeFile(join(folder, STRIPES, `wrong-${index}.jpg`), patternJpeg(1, 700 + index));
  await graft.open();
  await graft.prepare.addFolder(folder);
  await graft.prepare.waitForPictures(70);
  await graft.fineTune.teach();
  await graft.evaluate.open();
}

test('mistakes are picked out of the matrix, mended, taught on from, and both states stand side by side', async ({
  graft,
  page,
  pictureFolder,
}) => {
  await taughtWithWrongLabels(graft, await pictureFolder(3, 20));
  const { say, evaluate } = graft;
  const first = await evaluate.score();
  expect(first.right).toBeLessThan(first.total);

  await evaluate.cell(STRIPES, DOTS).click();
  const count = Number(await evaluate.cell(STRIPES, DOTS).textContent());
  const filter = say('evaluate:mistakes.filter', { truth: STRIPES, predicted: DOTS });
  await expect(evaluate.mistakes).toContainText(`${filter}: ${say('evaluate:mistakes.count', { count })}`);
  await expect(evaluate.mistakes.getByRole('checkbox')).toHaveCount(count + 1);

  await evaluate.mistakes.getByRole('checkbox', { name: anyCount(say, 'workshop:pickAll') }).check();
  await evaluate.mistakes.getByLabel(say('workshop:moveTo')).selectOption({ label: DOTS });
  await evaluate.mistakes.getByRole('button', { name: say('workshop:move', { count }) }).click();
  await expect(page.getByText(say('evaluate:staleData'))).toBeVisible();

  await evaluate.mistakes.getByRole('button', { name: say('workshop:more.open', { name: STRIPES }) }).click();
  const more = page.getByRole('dialog', { name: say('workshop:more.title', { name: STRIPES }) });
  const chooser = page.waitForEvent('filechooser');
  await more.getByRole('button', { name: say('workshop:more.files') }).click();
  await (
    await chooser
  ).setFiles(
    Array.from({ length: 6 }, (_, index) => given(`more-${index}.jpg`, patternJpeg(0, 800 + index))),
  );
  await graft.prepare.waitForPictures(76);

  await page.getByRole('button', { name: say('workshop:retrain.on', { number: 1 }) }).click();
  const sum = say('workshop:change.sum', { earlier: 1, before: '*', total: '*', run: 2, after: '*' });
  const told = page.getByText(like(sum));
  await expect(told).toBeVisible({ timeout: 60_000 });
  const [, before = 0, total = 0, , after = 0] = ((await told.textContent()) ?? '')
    .match(/\d+/g)!
    .map(Number);
  // The first run was right where the label was wrong, and neither forgets what it knew.
  expect(before / total).toBeGreaterThan(first.accuracy);
  expect(after).toBeGreaterThanOrEqual(before);
  for (const run of [1, 2])
    await expect(
      page.getByRole('table', { name: say('workshop:change.run', { number: run }) }),
    ).toBeVisible();
  // On the same pictures, each of them counted once.
  const verdict = page.getByRole('region', { name: like(say('exam:compare.title')) });
  await expect(verdict).toContainText(say('exam:compare.common', { count: total }));
});

test('a bin and a point lead to their pictures, and the report says what the page says', async ({
  graft,
  page,
  pictureFolder,
}) => {
  // The card is printed by the browser; here it is only looked at.
  await page.addInitScript(() => (window.print = () => undefined));
  await taughtWithWrongLabels(graft, await pictureFolder(3, 20));
  const { say, evaluate } = graft;
  const { right, total } = await evaluate.score();

  const chart = page.getByRole('group', { name: say('exam:sure.chart') });
  const point = chart.getByRole('button').last();
  const range = ((await point.getAttribute('aria-label')) ?? '').split(': ')[1] ?? '';
  await point.click();
  const row = page.getByRole('list', { name: say('exam:sure.chart') }).getByText(range);
  const inBin = Number(/(\d+)\D+\d+\D*$/.exec((await row.first().textContent()) ?? '')?.[1]);
  await expect(evaluate.mistakes).toContainText(say('evaluate:mistakes.count', { count: inBin }));
  await expect(evaluate.mistakes.getByRole('checkbox')).toHaveCount(inBin + 1);

  await page.getByRole('button', { name: say('why:map.draw') }).click();
  await page
    .getByRole('listbox', { name: say('why:map.label') })
    .getByRole('option')
    .last()
    .click();
  const opened = page.getByRole('dialog');
  await opened.getByText(say('why:views.grad-cam'), { exact: true }).click();
  await expect(opened.getByText(like(say('why:time', { ms: '*' }))).last()).toBeVisible();
  await page.keyboard.press('Escape');

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: say('exam:card.json'), exact: true }).click(),
  ]);
  const card = JSON.parse(await readFile(await download.path(), 'utf8')) as Card;
  const { predictions, confusion, classIds } = card.report;
  expect(predictions).toHaveLength(total);
  expect(predictions.filter((one) => one.truth === one.predicted)).toHaveLength(right);
  const recounted = confusionMatrix(
    predictions.map((one) => one.truth),
    predictions.map((one) => one.predicted),
    classIds.length,
  );
  expect(confusion).toEqual(recounted);
  const shown = await evaluate.matrix.getByRole('gridcell').allTextContents();
  expect(shown.map(Number)).toEqual(recounted.flat());
  expect(card.scores.accuracy).toBeCloseTo(right / total, 12);
  const learned = new Set([...card.split.train, ...card.split.validation]);
  expect(predictions.filter(({ id }) => learned.has(id))).toEqual([]);

  const [markdown] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: say('exam:card.markdown'), exact: true }).click(),
  ]);
  const text = await readFile(await markdown.path(), 'utf8');
  const line = new RegExp(`\\b${total}\\b.*\\b${right}\\b`);
  expect(text).toMatch(line);
  expect(text).toContain(card.split.hash);

  await page.getByRole('button', { name: say('exam:card.print'), exact: true }).click();
  const printed = page.frameLocator('iframe').locator('body');
  await expect(printed).toContainText(line);
  await expect(printed).toContainText(card.split.hash);
});

interface Card {
  readonly split: { readonly train: string[]; readonly validation: string[]; readonly hash: string };
  readonly scores: { readonly accuracy: number };
  readonly report: {
    readonly predictions: { readonly id: string; readonly truth: number; readonly predicted: number }[];
    readonly confusion: number[][];
    readonly classIds: string[];
  };
}

test('pre-trained against from scratch at one press, with the test that says which is better', async ({
  graft,
  page,
  pictureFolder,
}) => {
  test.slow();
  await graft.open();
  await graft.prepare.addFolder(await pictureFolder(3, 14));
  await graft.prepare.waitForPictures(42);
  await graft.fineTune.teach();
  await graft.evaluate.open();
  await graft.evaluate.score();
  const { say } = graft;
  const heading = page.getByRole('heading', { name: say('exam:teach.begin') });
  await page.locator('div').filter({ has: heading }).last().locator('..').getByRole('button').click();
  await graft.fineTune.finished(3, 200_000);
  const runs = page.getByRole('table', { name: say('evaluate:runs.title') });
  await expect(runs.getByRole('row').filter({ hasText: say('evaluate:runs.scratch') })).toContainText('%');
  const verdict = page.getByRole('region', { name: like(say('exam:compare.title')) });
  await expect(verdict.getByRole('status')).toContainText('%');
  // The person's own settings are what they were.
  await graft.fineTune.open();
  await expect(page.getByText(say('evaluate:runs.scratch'))).toHaveCount(0);
});

/** A saved project in which five other runs were examined on the present split, and its own not yet. */
async function withSealedTestSet(path: string): Promise<Uint8Array> {
  const { signal } = new AbortController();
  const { record, files } = await openProjectFile(new Blob([await readFile(path)]), signal);
  const splitHash = record.split?.hash ?? '';
  const openings = Array.from({ length: 5 }, (_, at) => ({ runId: `earlier-${at}`, splitHash, atMs: at }));
  const sealed = await writeProjectFile({ ...record, reports: {}, openings }, files, signal, () => undefined);
  return new Uint8Array(await sealed.arrayBuffer());
}

test('a test set that was opened often is opened once more only when the person agrees, and the count is told', async ({
  graft,
  page,
  pictureFolder,
}) => {
  const { say, evaluate } = graft;
  const folder = await pictureFolder(2, 12);
  await graft.open();
  await graft.prepare.addFolder(folder);
  await graft.prepare.waitForPictures(24);
  await graft.fineTune.teach();
  await evaluate.open();
  const { total } = await evaluate.score();
  await expect(page.getByText(say('evaluate:opened', { count: 1 }))).toBeVisible();

  const file = join(folder, 'sealed.graft');
  await writeFile(file, await withSealedTestSet(await saveProject(graft)));
  await openProject(graft, file);
  await agreeToReplace(graft);
  await evaluate.open();
  // Not by itself any more.
  await expect(page.getByText(say('evaluate:sealed', { count: 5 }))).toBeVisible();
  const examine = page.getByRole('button', { name: say('evaluate:examine'), exact: true });
  const dialog = page.getByRole('dialog', { name: say('evaluate:seal.title') });
  await examine.click();
  await expect(dialog).toContainText(say('evaluate:opened', { count: 5 }));
  await dialog.getByRole('button', { name: say('evaluate:seal.keep') }).click();
  await expect(dialog).toBeHidden();
  await expect(evaluate.headline).toHaveCount(0);

  await examine.click();
  await dialog.getByRole('button', { name: say('evaluate:seal.open') }).click();
  expect((await evaluate.score()).total).toBe(total);
  await expect(page.getByText(say('evaluate:openedOften', { count: 6 }))).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: say('exam:card.markdown'), exact: true }).click(),
  ]);
  const card = await readFile(await download.path(), 'utf8');
  expect(card).toContain(say('evaluate:opened', { count: 6 }));
  expect(card).toContain(say('exam:card.limitOpened'));
  await page.reload();
  await graft.ready();
  await evaluate.open();
  await expect(page.getByText(say('evaluate:openedOften', { count: 6 }))).toBeVisible();
});
