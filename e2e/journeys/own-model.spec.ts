import { patternJpeg, PATTERNS } from '../../src/testing/files/pictures.ts';
import { onnxFile } from '../../src/testing/onnx/write-model.ts';
import { onnxNet, teachableZip } from '../../src/testing/own-models.ts';
import { expectAccessible } from '../accessible.ts';
import { expect, given, test } from '../fixtures.ts';
import { OwnModelPage } from '../pages/own-model.ts';

test('an ONNX file is dropped, read about, taken, taught at depth and used', async ({ graft, page }) => {
  const own = new OwnModelPage(graft);
  await graft.open();
  await own.drop(given('my-net.onnx', onnxFile(onnxNet())));
  await own.works();
  const { dialog } = own;
  await expect(dialog.getByRole('textbox', { name: graft.say('ownModel:report.name') })).toHaveValue(
    'my-net',
  );
  for (const summary of await dialog.locator('summary').all()) await summary.click();
  await expect(dialog.getByRole('cell', { name: 'GlobalAveragePool' })).toBeVisible();
  await expectAccessible(page, 'the report');
  await own.take();
  await expect(own.card('my-net')).toHaveAttribute('aria-pressed', 'true');
  await expectAccessible(page, 'choose, with an own model');

  await graft.prepare.open();
  await graft.prepare.takeSampleSet();
  await graft.fineTune.open();
  const line = page.getByRole('slider', { name: graft.say('fineTune:tree.label') });
  await line.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(line).toHaveAttribute(
    'aria-valuetext',
    graft.say('fineTune:tree.value.last', { count: 2, kept: 2 }),
  );
  await graft.fineTune.setNumber('epochs', 2);
  await graft.fineTune.teach();
  await graft.evaluate.open();
  expect((await graft.evaluate.score()).total).toBeGreaterThan(20);
  await graft.live.chooseFile(given('picture.jpg', patternJpeg(0, 0), 'image/jpeg'));
  const answers = await graft.live.answers();
  expect(answers).toHaveLength(4);

  // It is kept on this device, and the run on it answers as before.
  await page.reload();
  await graft.ready();
  await graft.goTo('choose');
  await expect(own.card('my-net')).toHaveAttribute('aria-pressed', 'true');
  await graft.live.chooseFile(given('picture.jpg', patternJpeg(0, 0), 'image/jpeg'));
  expect(await graft.live.answers()).toEqual(answers);
});

test('a Teachable Machine zip brings its classes; what cannot be used is refused and changes nothing', async ({
  graft,
  page,
}) => {
  const own = new OwnModelPage(graft);
  const labels = PATTERNS.slice(0, 2).map((name) => `${name} one`);
  await graft.open();
  await own.bring(given('export.zip', await teachableZip(labels)));
  await own.works();
  await own.take();
  const card = own.card('Teachable Machine');
  await expect(card).toHaveAttribute('aria-pressed', 'true');

  const strange = onnxNet();
  const nodes = strange.nodes.map((node) => (node.op === 'Relu' ? { ...node, op: 'Warp' } : node));
  await own.bring(given('strange.onnx', onnxFile({ ...strange, nodes })));
  const refusal = own.dialog.getByRole('alert');
  await expect(refusal).toContainText('Warp');
  await expect(refusal).toContainText('node_relu_3');
  await expectAccessible(page, 'the refusal');
  await page.keyboard.press('Escape');
  await expect(own.dialog).toBeHidden();
  await expect(card).toHaveAttribute('aria-pressed', 'true');

  await graft.prepare.open();
  for (const [kind, label] of labels.entries()) {
    const files = Array.from({ length: 8 }, (_, i) => given(`${i}.jpg`, patternJpeg(kind, i), 'image/jpeg'));
    await graft.prepare.addFilesTo(label, files);
  }
  await graft.prepare.waitForPictures(16);
  await graft.fineTune.open();
  await graft.fineTune.choosePreset('all');
  await graft.fineTune.setNumber('epochs', 2);
  await graft.fineTune.teach();

  await graft.goTo('choose');
  await own.remove('Teachable Machine');
  await expect(own.card('MobileNetV3-Small')).toHaveAttribute('aria-pressed', 'true');
});
