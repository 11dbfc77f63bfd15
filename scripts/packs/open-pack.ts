/** @file A pack beside what it was made from, for tests. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import type * as tf from '@tensorflow/tfjs-core';
import { io } from '@tensorflow/tfjs-core';
import type { TestContext } from 'vitest';
import { parseManifest } from '../../src/models/pack-manifest.ts';
import type { Pack } from '../../src/models/pack.ts';
import { ROOT } from '../npm.mjs';
import { type Files, fileIn } from './convert.ts';
import { fetchFiles } from './fetch.ts';
import { PackError } from './pack-error.ts';
import { preparePack } from './prepare.ts';
import { PACKS, type PackRecord } from './records.ts';

const folders = { packs: join(ROOT, 'public', 'backbones'), scratch: join(ROOT, '.cache', 'packs') };

/** A prepared pack, and the files of its package. Without a network the test is skipped. */
export async function openPack(id: string, context: TestContext): Promise<{ pack: Pack; original: Files }> {
  const record = PACKS.find((pack) => pack.id === id) as PackRecord;
  const scratch = await mkdtemp(join(tmpdir(), 'agreement-'));
  try {
    await preparePack(record, folders, fetchFiles);
    const original = await fetchFiles(record.source, scratch);
    const read = async (name: string) => new Uint8Array(await readFile(join(folders.packs, id, name)));
    const manifest = parseManifest(id, new TextDecoder().decode(await read('manifest.json')));
    const names = Object.keys(manifest.files);
    const files = new Map(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
    return { pack: { manifest, files }, original };
  } catch (thrown) {
    if (!(thrown instanceof PackError)) throw thrown;
    console.log(`Skipped: ${thrown.message}`);
    return context.skip();
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** The model as the runtime that it was published for runs it. */
export function converterOf(files: Files, folder: string) {
  const json = JSON.parse(new TextDecoder().decode(fileIn(files, `${folder}/model.json`))) as tf.io.ModelJSON;
  const paths = json.weightsManifest.flatMap((group) => group.paths);
  const weights = Buffer.concat(paths.map((path) => fileIn(files, `${folder}/${path}`)));
  return loadGraphModelSync(
    io.fromMemorySync({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest.flatMap((group) => group.weights),
      weightData: new Uint8Array(weights).buffer,
    }),
  );
}
