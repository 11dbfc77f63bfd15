import { patternJpeg, PATTERNS } from '../../src/testing/files/pictures.ts';
import { zipOf } from '../../src/testing/files/zips.ts';
import { hubMobileNetV1 } from '../../src/testing/hub-models.ts';
import { onnxFile } from '../../src/testing/onnx/write-model.ts';
import { onnxNet, teachableFiles, teachableZip } from '../../src/testing/own-models.ts';
import { expectAccessible } from '../accessible.ts';
import { expect, given, test } from '../fixtures.ts';
import { like } from '../pages/copy.ts';
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

/** A network of each format in one file, as a person has it. */
const FORMATS: Record<
  'onnx' | 'tfjs-graph' | 'tfjs-layers' | 'teachable-machine',
  () => Promise<ReturnType<typeof given>>
> = {
  onnx: () => Promise.resolve(given('net.onnx', onnxFile(onnxNet()))),
  'tfjs-graph': async () => {
    const { json, weights } = hubMobileNetV1();
    const text = new TextEncoder().encode(JSON.stringify(json));
    const entries = [
      { path: 'model.json', bytes: text },
      { path: 'weights.bin', bytes: weights },
    ];
    return given('graph.zip', await zipOf(entries));
  },
  'tfjs-layers': async () => {
    const entries = teachableFiles(['a', 'b']).filter(({ path }) => path !== 'metadata.json');
    return given('layers.zip', await zipOf(entries));
  },
  'teachable-machine': async () => given('export.zip', await teachableZip(['a', 'b'])),
};

for (const [name, file] of Object.entries(FORMATS)) {
  test(`${name}: the report says all of it, and the graft line opens its blocks`, async ({ graft, page }) => {
    const own = new OwnModelPage(graft);
    await graft.open();
    await own.bring(await file());
    await own.works();
    const { say } = graft;
    const { dialog } = own;
    await expect(
      dialog.getByText(say(`ownModel:report.formats.${name as keyof typeof FORMATS}`)).first(),
    ).toBeVisible();
    for (const fact of ['speed', 'learns', 'memoryUse', 'memoryLearn'] as const) {
      await expect(dialog.getByText(say(`ownModel:report.${fact}`), { exact: true })).toBeVisible();
    }
    for (const summary of await dialog.locator('summary').all()) await summary.click();
    const rows = dialog.getByRole('row');
    for (const kind of ['input', 'outputValue'] as const) {
      const row = rows.filter({
        has: page.getByRole('cell', { name: say(`ownModel:details.${kind}`), exact: true }),
      });
      await expect(row).toContainText('float32');
      await expect(row).toContainText('×');
    }
    await expect(rows.filter({ hasText: say('ownModel:details.trainable') })).toContainText(/\d{3}/);
    await expect(dialog.getByRole('cell', { name: 'Conv', exact: true })).toBeVisible();
    const title = dialog.locator('summary').filter({ hasText: say('ownModel:details.blocks') });
    const blocks = Number(/\((\d+)\)/.exec(await title.innerText())?.[1]);
    expect(blocks).toBeGreaterThan(1);
    await own.take({ withClasses: false });

    await graft.prepare.open();
    await graft.prepare.takeSampleSet();
    await graft.fineTune.open();
    const line = page.getByRole('slider', { name: say('fineTune:tree.label') });
    const sentence = page.getByText(like(say('fineTune:cost.sentence', { trainable: '*', total: '*' })));
    for (let open = 0; open < blocks; open++) {
      await expect(line).toHaveAttribute('aria-valuenow', String(blocks - open));
      // Each block that is opened changes how many weights are taught.
      const before = await sentence.innerText();
      await line.press('ArrowDown');
      await expect(sentence).not.toHaveText(before);
    }
    await expect(line).toHaveAttribute('aria-valuetext', say('fineTune:tree.value.all'));
    await graft.fineTune.setNumber('epochs', 1);
    await graft.fineTune.teach();
    await graft.evaluate.open();
    expect((await graft.evaluate.score()).total).toBeGreaterThan(20);
  });
}
