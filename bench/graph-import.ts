/** @file Time and memory of importing large files, and the time of writing one. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { joinedFile, writeOnnx } from '../src/graph/onnx/write-onnx.ts';
import { type Clock, forgetPeak, median, processMemory } from './clock.ts';
import { askGraph } from './graph-door.ts';
import { bigNetwork, graphModelFiles } from './graph-files.ts';
import { openDoor, type BenchSite } from './site.ts';
import type { Row } from './table.ts';

const FOLDER = 'bench-files';
const TURNS = 3;

interface Import {
  readonly name: string;
  readonly paths: readonly string[];
  /** Seconds. */
  readonly atMost: number;
}

export async function importRows(site: BenchSite): Promise<Row[]> {
  await writeFiles(join(site.outDir, FOLDER));
  const path = (name: string) => `${site.address}${FOLDER}/${name}`;
  return [
    ...(await oneImport(site, {
      name: 'tfjs graph model',
      paths: [path('model.json'), path('weights.bin')],
      atMost: 1,
    })),
    ...(await oneImport(site, { name: 'ONNX file', paths: [path('model.onnx')], atMost: 5 })),
    await writeRow(site),
  ];
}

async function writeFiles(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { json, weights } = graphModelFiles();
  await writeFile(join(folder, 'model.json'), json);
  await writeFile(join(folder, 'weights.bin'), weights);
  await writeFile(join(folder, 'model.onnx'), joinedFile(writeOnnx(bigNetwork())));
}

/** Each time in a fresh page: what one import leaves would be the next one's room. */
async function oneImport(site: BenchSite, { name, paths, atMost }: Import): Promise<Row[]> {
  const found: { ms: number; growth: number | null; megabytes: number; parameters: number }[] = [];
  for (let i = 0; i < TURNS; i++) {
    const page = await openDoor(site);
    const clock: Clock = { page, session: await site.browser.newBrowserCDPSession() };
    // Starts the worker.
    await askGraph(page, { kind: 'fetch', paths: [] });
    const before = await processMemory(clock);
    await askGraph(page, { kind: 'fetch', paths });
    await forgetPeak(clock);
    const answer = await askGraph(page, { kind: 'import' });
    const after = await processMemory(clock);
    await page.context().close();
    if (answer.kind !== 'done') throw new Error(`The import of the ${name} gave "${answer.kind}".`);
    const { ms, bytes, parameters } = answer;
    const growth = before === null || after === null ? null : (after.peak - before.now) / bytes;
    found.push({ ms, growth, megabytes: bytes / 1e6, parameters });
  }
  const { megabytes = NaN, parameters = NaN } = found[0] ?? {};
  const label = `import, ${name} of ${megabytes.toFixed(0)} MB`;
  const growths = found.flatMap(({ growth }) => growth ?? []);
  return [
    {
      name: label,
      value: median(found.map(({ ms }) => ms)) / 1000,
      unit: 's',
      atMost,
      note: `${parameters} parameters`,
    },
    {
      name: `${label}: memory, the file included`,
      value: growths.length === 0 ? null : median(growths),
      unit: 'times its size',
      atMost: 2.5,
      note: "peak of the page's process less what it held before the file came",
    },
  ];
}

async function writeRow(site: BenchSite): Promise<Row> {
  const page = await openDoor(site);
  const times: number[] = [];
  let size = NaN;
  for (let i = 0; i < TURNS; i++) {
    const answer = await askGraph(page, { kind: 'write' });
    if (answer.kind !== 'done') throw new Error(`Writing gave "${answer.kind}".`);
    times.push(answer.ms);
    size = answer.bytes;
  }
  await page.context().close();
  const name = `writing an ONNX file of ${(size / 1e6).toFixed(0)} MB`;
  return { name, value: median(times) / 1000, unit: 's', atMost: 2 };
}
