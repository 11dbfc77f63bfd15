import { createHash } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cutShort } from '../../src/testing/files/hostile.ts';
import { patternJpeg } from '../../src/testing/files/pictures.ts';
import { changedZip } from '../../src/testing/files/zips.ts';
import { expect, given, test } from '../fixtures.ts';
import { GraftPage } from '../pages/graft-page.ts';
import { agreeToReplace, openProject, saveProject } from '../pages/project-files.ts';

/** Pictures of no class of the project: their probabilities are far from 0 and 1, so that a difference would show. */
const STRANGERS = [3, 4, 5].map((classIndex) =>
  given(`stranger${classIndex}.jpg`, patternJpeg(classIndex, 9100), 'image/jpeg'),
);

/** A saved project with a word of one of its texts replaced. */
function withText(saved: Uint8Array<ArrayBuffer>, path: RegExp, from: RegExp | string, to: string) {
  return changedZip(saved, path, (bytes) => {
    const text = new TextDecoder().decode(bytes);
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    return new TextEncoder().encode(changed);
  });
}

/** A saved project whose weights claim a longer tensor; the list of files agrees with it, as a forger's would. */
async function withLongerTensor(saved: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const hashes: string[] = [];
  const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const forged = await changedZip(saved, /weights\.bin$/, (bytes) => {
    const text = Buffer.from(bytes).toString('latin1');
    const shape = /"shape":\[(\d)/.exec(text);
    expect(shape).not.toBeNull();
    const at = (shape?.index ?? 0) + '"shape":['.length;
    const changed = bytes.slice();
    changed[at] = '9'.charCodeAt(0);
    hashes.push(hashOf(bytes), hashOf(changed));
    return changed;
  });
  const [before = '', after = ''] = hashes;
  return withText(forged, /^files\.json$/, before, after);
}

async function answersTo(graft: GraftPage) {
  const answers = [];
  for (const file of STRANGERS) {
    await graft.live.chooseFile(file);
    await expect(graft.live.rows).toHaveCount(3);
    answers.push(await graft.live.answers());
  }
  return answers;
}

test('a saved project opens elsewhere with the same predictions', async ({
  graft,
  browser,
  baseURL,
  language,
  pictureFolder,
}) => {
  await graft.open();
  await graft.prepare.addFolder(await pictureFolder(3, 10));
  await graft.prepare.waitForPictures(30);
  await graft.fineTune.open();
  await graft.fineTune.choosePreset('deep');
  await graft.fineTune.setNumber('epochs', 3);
  await graft.fineTune.teach();
  await graft.evaluate.open();
  const score = await graft.evaluate.score();
  const answers = await answersTo(graft);
  const file = join(await pictureFolder(0, 0), 'saved.graft');
  await copyFile(await saveProject(graft), file);

  const elsewhere = await browser.newContext({ baseURL: baseURL ?? '', locale: 'en-GB' });
  const other = new GraftPage(await elsewhere.newPage(), language);
  await other.open();
  await openProject(other, file);
  await other.prepare.waitForPictures(30);
  await expect(other.railButton('fine-tune')).toContainText(
    other.say('common:rail.fineTuneDone', { count: 1 }),
  );
  expect(await answersTo(other)).toEqual(answers);
  await other.evaluate.open();
  expect(await other.evaluate.score()).toEqual(score);
  await elsewhere.close();
});

test('everything is there after a reload: pictures, split, run, result', async ({
  graft,
  page,
  pictureFolder,
}) => {
  await graft.open();
  await graft.prepare.addFolder(await pictureFolder(3, 10));
  await graft.prepare.waitForPictures(30);
  await graft.fineTune.teach();
  await graft.evaluate.open();
  const score = await graft.evaluate.score();
  const answers = await answersTo(graft);
  await page.reload();
  await graft.ready();
  await graft.prepare.waitForPictures(30);
  await graft.evaluate.open();
  expect(await graft.evaluate.score()).toEqual(score);
  expect(await answersTo(graft)).toEqual(answers);
});

test('damaged and newer project files change nothing and say why', async ({ graft, page, pictureFolder }) => {
  await graft.open();
  await graft.prepare.addFolder(await pictureFolder(2, 6));
  await graft.prepare.waitForPictures(12);
  await graft.fineTune.teach();
  const saved = new Uint8Array(await readFile(await saveProject(graft)));
  const folder = await pictureFolder(0, 0);
  for (const [name, bytes, code] of [
    ['cut.graft', cutShort(saved, 0.7), 'project-damaged'],
    ['letter.graft', new TextEncoder().encode('not a project'), 'project-damaged'],
    [
      'newer.graft',
      await withText(saved, /^project\.json$/, /"version":\d+/, '"version":99'),
      'project-newer',
    ],
    ['tensor.graft', await withLongerTensor(saved), 'project-damaged'],
  ] as const) {
    const file = join(folder, name);
    await writeFile(file, bytes);
    await openProject(graft, file);
    await agreeToReplace(graft);
    await expect(page.getByText(graft.say(`errors:${code}`)).first(), name).toBeVisible();
    await graft.prepare.waitForPictures(12);
    await expect(graft.railButton('fine-tune')).toContainText(
      graft.say('common:rail.fineTuneDone', { count: 1 }),
    );
    await page.reload();
    await graft.ready();
    await graft.prepare.waitForPictures(12);
  }
});
