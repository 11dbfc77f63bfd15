import { readFile } from 'node:fs/promises';
import { readModelProto } from '../../src/graph/onnx/proto.ts';
import { encodePng } from '../../src/testing/files/png.ts';
import { runInOrt, tensorOf } from '../../src/testing/onnx/ort.ts';
import { expect, given, test } from '../fixtures.ts';

/** One colour all over: however it is decoded and resized, every pixel is this. */
const COLOUR = [200, 40, 90] as const;
const SIDE = 224;

test('the answering model leaves as ONNX and gives the same answers in another runtime', async ({
  graft,
  page,
  pictureFolder,
}) => {
  await graft.open();
  await graft.prepare.addFolder(await pictureFolder(3, 6));
  await graft.prepare.waitForPictures(18);
  await graft.fineTune.teach();
  const picture = await encodePng({
    width: SIDE,
    height: SIDE,
    colour: 'rgb',
    pixel: () => COLOUR.map((part) => part / 255),
  });
  await graft.live.chooseFile(given('colour.png', picture, 'image/png'));
  await expect(graft.live.rows).toHaveCount(3);
  const answers = await graft.live.answers();
  await graft.goTo('use');

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: graft.say('use:onnx.save') }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toMatch(/\.onnx$/);
  const file = new Uint8Array(await readFile(await saved.path()));
  const { metadata } = readModelProto(file);
  const labels = JSON.parse(metadata.get('labels') ?? '[]') as string[];
  expect(labels).toEqual(answers.map(({ name }) => name));
  await expect(page.getByText(saved.suggestedFilename())).toBeVisible();

  const pixels = tensorOf(
    Float32Array.from({ length: SIDE * SIDE * 3 }, (_, i) => COLOUR[i % 3] ?? 0),
    [1, SIDE, SIDE, 3],
    'float32',
  );
  const probabilities = (await runInOrt(file, { pixels })).get('probabilities');
  const percents = answers.map(({ percent }) => Number(/[\d.]+/.exec(percent)?.[0]));
  labels.forEach((label, i) => {
    const found = 100 * Number(probabilities?.data[i]);
    // The page rounds, and says “under 1 %” and “over 99 %” instead of nothing and all.
    expect(Math.abs(found - (percents[i] ?? NaN)), label).toBeLessThanOrEqual(1);
  });
});
