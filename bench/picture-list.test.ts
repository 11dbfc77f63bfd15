import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planName, readOptions } from './options.ts';
import { listByName, listFolders, listSplit, readSplit } from './picture-list.ts';

async function folder(files: readonly string[]): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'graft-bench-'));
  for (const file of files) {
    await mkdir(join(root, file, '..'), { recursive: true });
    await writeFile(join(root, file), 'x');
  }
  return root;
}

describe('the pictures of the accuracy bench', () => {
  it('takes folder names as classes and gives each picture a name of its own', async () => {
    const root = await folder(['bee/a.jpg', 'ant/a.jpg', 'ant/deep/b.PNG', 'ant/notes.txt', 'stray.jpg']);
    const pictures = await listFolders(root);
    expect(pictures.map(({ path, side }) => [path, side])).toEqual([
      ['ant/000000.jpg', null],
      ['ant/000001.png', null],
      ['bee/000002.jpg', null],
    ]);
    expect(pictures[1]?.file).toBe(join(root, 'ant/deep/b.PNG'));
  });

  it('takes what stands before the first underscore where there are no folders', async () => {
    const root = await folder(['7_ann_0.wav', '3_bo_1.wav', 'notes.txt']);
    expect((await listByName(root)).map(({ path }) => path)).toEqual(['3/000000.wav', '7/000001.wav']);
    expect(await listByName(await folder(['7_ann_0.wav', 'stray.wav']))).toEqual([]);
  });

  it('keeps the sides of a split file', async () => {
    const root = await folder([]);
    const file = join(root, 'split.json');
    await writeFile(file, JSON.stringify({ train: { ant: ['x/1.jpg'] }, test: { ant: ['y/1.jpg'] } }));
    const pictures = await listSplit(root, file);
    expect(pictures.map(({ file: at, path, side }) => [at, path, side])).toEqual([
      [join(root, 'x/1.jpg'), 'ant/000000.jpg', 'train'],
      [join(root, 'y/1.jpg'), 'ant/000001.jpg', 'test'],
    ]);
  });

  it('refuses a split of another shape', () => {
    expect(() => readSplit({ train: {} })).toThrow('no "test"');
    expect(() => readSplit({ train: { ant: 'a.jpg' }, test: {} })).toThrow('"ant" is not a list');
    expect(() => readSplit(null)).toThrow('no "train"');
  });
});

describe('the options of the bench', () => {
  it('reads a plan and says it again', () => {
    const { open, seeds, command } = readOptions([
      'accuracy',
      '--data',
      'd',
      '--open',
      'last:3',
      '--seeds',
      '5',
    ]);
    expect({ open, seeds, command }).toEqual({
      open: { kind: 'last', blocks: 3 },
      seeds: 5,
      command: 'accuracy',
    });
    expect(planName(open)).toBe('last:3');
  });

  it('refuses what it cannot read', () => {
    expect(() => readOptions(['accuracy', '--data', 'd', '--open', 'last:0'])).toThrow('--open');
    expect(() => readOptions(['accuracy'])).toThrow('--data');
    expect(() => readOptions(['--seeds', 'many'])).toThrow('--seeds');
    expect(() => readOptions(['fast'])).toThrow('"fast"');
  });
});
