/** @file A project and a model whose every name is markup: the page shows names, and runs nothing of them. */
import { pathToFileURL } from 'node:url';
import type { Page } from '@playwright/test';
import { EMPTY_DATASET } from '../../src/core/dataset.ts';
import { sha256 } from '../../src/core/hash.ts';
import { DEFAULT_SPLIT } from '../../src/core/split.ts';
import { writeProjectFile } from '../../src/persist/project-file.ts';
import { patternJpeg } from '../../src/testing/files/pictures.ts';
import { onnxFile } from '../../src/testing/onnx/write-model.ts';
import { onnxNet } from '../../src/testing/own-models.ts';
import { TRAIN_PRESETS } from '../../src/train/presets.ts';
import { expect, given, test } from '../fixtures.ts';
import { OwnModelPage } from '../pages/own-model.ts';

/** Runs, wherever it is taken for markup. */
const MARKUP = '"><img src=x onerror="globalThis.canary=1"></script><script>globalThis.canary=1</script>';
const PER_CLASS = 8;

/** Both classes, all pictures, their groups and the project are called by markup. */
async function hostileProject(): Promise<Blob> {
  const classes = [0, 1].map((index) => ({ id: `c${index}`, name: `${index} ${MARKUP}` }));
  const pictures = await Promise.all(
    Array.from({ length: 2 * PER_CLASS }, async (_, index) => {
      const bytes = patternJpeg(index % 2, index);
      return { index, bytes, hash: await sha256(bytes) };
    }),
  );
  const samples = pictures.map(({ index, hash }) => ({
    id: `s${index}`,
    classId: `c${index % 2}`,
    kind: 'picture' as const,
    name: `${index} ${MARKUP}`,
    width: 96,
    height: 96,
    contentHash: hash,
    sourceHash: hash,
    group: `${index} ${MARKUP}`,
    source: 'file' as const,
    addedAtMs: 1,
  }));
  return writeProjectFile(
    {
      projectId: 'hostile',
      settings: {
        name: MARKUP,
        task: 'image-classification',
        modelId: 'mobilenet-v3-small',
        backend: 'auto',
        train: TRAIN_PRESETS.quick,
        split: DEFAULT_SPLIT,
      },
      dataset: {
        ...EMPTY_DATASET,
        revision: 1,
        classes,
        samples: new Map(samples.map((one) => [one.id, one])),
      },
      split: null,
      runs: [],
      reports: {},
      openings: [],
      activeRunId: null,
      savedAtMs: 1,
    },
    pictures.map(({ hash, bytes }) => ({ path: `pictures/${hash}`, read: () => Promise.resolve(bytes) })),
    new AbortController().signal,
    () => undefined,
  );
}

const canary = (page: Page) => page.evaluate(() => 'canary' in globalThis);

test('names that are markup are shown in every step, in the card and in the exported page, and run nothing', async ({
  graft,
  page,
  context,
}) => {
  page.on('dialog', () => {
    throw new Error('A name ran a script.');
  });
  await graft.open();
  const file = Buffer.from(await (await hostileProject()).arrayBuffer());
  await graft.prepare.open();
  await page.getByRole('button', { name: graft.say('use:project.menu') }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('menuitem', { name: graft.say('use:project.open') }).click();
  await (await chooser).setFiles(given('hostile.graft', file));
  await graft.prepare.waitForPictures(2 * PER_CLASS);
  await expect(page.getByTitle(`0 ${MARKUP}`, { exact: true }).first()).toBeVisible();
  await graft.fineTune.open();
  await graft.fineTune.teach();
  await graft.evaluate.open();
  await graft.evaluate.score();
  await expect(graft.evaluate.matrix).toContainText('onerror');
  expect(await canary(page)).toBe(false);

  await page.getByRole('button', { name: graft.say('exam:card.print') }).click();
  const card = page.frameLocator(`iframe[title="${graft.say('exam:card.title')}"]`);
  await expect(card.locator('body')).toContainText('onerror');
  for (const frame of page.frames()) expect(await frame.evaluate(() => 'canary' in globalThis)).toBe(false);

  await graft.goTo('use');
  await page.getByRole('radio', { name: graft.say('use:export.formats.html') }).check();
  const saving = page.waitForEvent('download', { timeout: 60_000 });
  await page.getByRole('button', { name: graft.say('use:export.save') }).click();
  const saved = `${await (await saving).path()}.html`;
  await (await saving).saveAs(saved);
  const exported = await context.newPage();
  await exported.goto(pathToFileURL(saved).href);
  await expect(exported.locator('body')).toContainText('onerror');
  expect(await canary(exported)).toBe(false);
});

test('a model whose names and metadata are markup is read about and used, and runs nothing', async ({
  graft,
  page,
}) => {
  const own = new OwnModelPage(graft);
  const net = onnxNet();
  const renamed = (value: string) => (value.startsWith('relu_') ? `${MARKUP} ${value}` : value);
  const hostile = {
    ...net,
    producer: MARKUP,
    nodes: net.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(renamed),
      output: renamed(node.output),
    })),
  };
  await graft.open();
  await own.bring(given(`${MARKUP.replaceAll('/', '∕')}.onnx`, onnxFile(hostile)));
  await own.works();
  for (const summary of await own.dialog.locator('summary').all()) await summary.click();
  expect(await canary(page)).toBe(false);
  await own.take();
  await page.reload();
  await graft.ready();
  await graft.goTo('choose');
  await expect(page.getByText('onerror').first()).toBeVisible();
  expect(await canary(page)).toBe(false);
});
