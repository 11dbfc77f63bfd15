/** @file `npm run bench -- data`: how fast data come in, how much memory that takes, and how long copies are looked for. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import type { Page } from '@playwright/test';
import { Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';
import { createRng } from '../src/core/rng.ts';
import type { TaskId } from '../src/core/tasks.ts';
import type { TableMapping } from '../src/index.ts';
import { patternJpeg, PATTERNS } from '../src/testing/files/pictures.ts';
import type { BenchOptions, DataPart } from './options.ts';
import { writePatterns } from './pattern-files.ts';
import { watchBrowserMemory } from './process-memory.ts';
import { callEngine, openDoor, type BenchSite } from './site.ts';
import { formatTable, type Row } from './table.ts';

/** At `--scale 1`. */
const PICTURES = 10_000;
const CSV_BYTES = 200e6;
const ZIP_BYTES = 500e6;
/** Of a text in the table, and of a picture in the zip as a camera gives it. */
const TEXT_BYTES = 4000;
const PHOTO_BYTES = 1e6;
const SMALL = { width: 96, height: 96 };

const DATA: Record<DataPart, (site: BenchSite, scale: number) => Promise<Row[]>> = {
  pictures: benchPictures,
  table: benchTable,
  zip: benchZip,
  copies: benchCopies,
};

/** A share of the sizes that the goals name: `scale` 1 is all of them. */
export async function benchData(site: BenchSite, { scale, dataParts }: BenchOptions) {
  const rows: Row[] = [];
  for (const part of dataParts) {
    const found = await DATA[part](site, scale);
    console.log(formatTable(found));
    rows.push(...found);
  }
  return { rows, scale, at: new Date().toISOString() };
}

async function benchPictures(site: BenchSite, scale: number): Promise<Row[]> {
  const count = Math.round(PICTURES * scale);
  const { folder, files } = await writePatterns(count, 0, SMALL);
  try {
    const paths = files.map((file) => `${basename(dirname(file))}/${basename(file)}`);
    return await importRows(site, { name: `${count} pictures`, task: 'image-classification', files, paths });
  } finally {
    await rm(folder, { recursive: true });
  }
}

function benchTable(site: BenchSite, scale: number): Promise<Row[]> {
  const bytes = CSV_BYTES * scale;
  return benchFile(site, {
    name: 'texts.csv',
    kind: 'a CSV',
    task: 'text-classification',
    bytes,
    write: writeCsv,
  });
}

function benchZip(site: BenchSite, scale: number): Promise<Row[]> {
  const bytes = ZIP_BYTES * scale;
  const task = 'image-classification';
  return benchFile(site, { name: 'photos.zip', kind: 'a zip', task, bytes, write: writePhotos });
}

async function benchCopies(site: BenchSite, scale: number): Promise<Row[]> {
  const count = Math.round(PICTURES * scale);
  const page = await openDoor(site);
  const answer = await page.evaluate((pictures) => window.graftBench.copies({ pictures }), count);
  await page.context().close();
  if ('error' in answer) throw new Error(answer.error);
  return [
    {
      name: `near duplicates among ${count} fingerprints`,
      value: answer.ms / 1000,
      unit: 's',
      atMost: 5,
      note: `${answer.found} of ${answer.planted} copies found, ${answer.groups} groups, WASM, ${answer.threads} threads`,
    },
  ];
}

interface Drop {
  readonly name: string;
  readonly task: TaskId;
  readonly files: readonly string[];
  /** What the page calls them. */
  readonly paths: readonly string[];
}

/** Looks at a drop and takes it in, as the page does. Memory is all of the browser's, above what it held before. */
async function importRows(site: BenchSite, { name, task, files, paths }: Drop): Promise<Row[]> {
  const page = await openDoor(site);
  await callEngine(page, 'project.new', { task });
  await page.setInputFiles('#files', [...files]);
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const memory = await watchBrowserMemory();
  const { table, previewMs } = await preview(page, paths);
  const answer = await page.evaluate(
    ([list, mapping]) => window.graftBench.importFiles(list, mapping ?? undefined),
    [paths, table] as const,
  );
  const peak = await memory.stop();
  await page.context().close();
  const { result, error, elapsedMs } = answer;
  if (error !== null || result === null) throw new Error(`${name}: ${error ?? 'nothing came in'}`);
  const seconds = elapsedMs / 1000;
  const refused = result.rejected.length > 0 ? `, ${result.rejected.length} refused` : '';
  return [
    { name: `${name}: looked at`, value: previewMs / 1000, unit: 's' },
    {
      name: `${name}: taken in`,
      value: seconds,
      unit: 's',
      note: `${result.accepted} samples${refused}, ${megabytes(bytes)} MB`,
    },
    { name: `${name}: rate`, value: result.accepted / seconds, unit: 'samples/s' },
    { name: `${name}: rate`, value: bytes / 1e6 / seconds, unit: 'MB/s' },
    { name: `${name}: peak memory`, value: peak === null ? null : peak / 1e6, unit: 'MB more' },
  ];
}

async function preview(
  page: Page,
  paths: readonly string[],
): Promise<{ readonly table: TableMapping | null; readonly previewMs: number }> {
  const { result, error, elapsedMs } = await page.evaluate(
    (list) => window.graftBench.previewFiles(list),
    paths,
  );
  if (result === null) throw new Error(`The preview failed: ${error ?? ''}`);
  return { table: result.table?.mapping ?? null, previewMs: elapsedMs };
}

interface LargeFile {
  readonly name: string;
  /** As the table says it. */
  readonly kind: string;
  readonly task: TaskId;
  /** About. */
  readonly bytes: number;
  readonly write: (path: string, bytes: number) => Promise<void>;
}

/** One file by itself, which is gone afterwards. */
async function benchFile(site: BenchSite, { name, kind, task, bytes, write }: LargeFile): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-bench-'));
  try {
    const path = join(folder, name);
    await write(path, bytes);
    return await importRows(site, {
      name: `${kind} of ${megabytes(bytes)} MB`,
      task,
      files: [path],
      paths: [name],
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Different texts of invented words, with one of four labels. */
async function writeCsv(path: string, bytes: number): Promise<void> {
  const rng = createRng(11);
  const words = Array.from({ length: 5000 }, () =>
    Array.from({ length: 3 + rng.below(7) }, () => String.fromCharCode(97 + rng.below(26))).join(''),
  );
  const file = createWriteStream(path);
  file.write('text,label\n');
  for (let written = 0, row = 0; written < bytes; row++) {
    let text = '';
    while (text.length < TEXT_BYTES) text += `${words[rng.below(words.length)] ?? ''} `;
    const line = `"${text.trimEnd()}, ""quoted""",label ${row % 4}\n`;
    written += line.length;
    if (!file.write(line)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

/** Different pictures in folders, each as long as a camera's, stored as they are. */
async function writePhotos(path: string, bytes: number): Promise<void> {
  const writer = new ZipWriter(Writable.toWeb(createWriteStream(path)) as WritableStream<Uint8Array>, {
    level: 0,
    useWebWorkers: false,
  });
  for (let index = 0; index * PHOTO_BYTES < bytes; index++) {
    const classIndex = index % PATTERNS.length;
    const photo = padded(patternJpeg(classIndex, 50_000 + index, SMALL), PHOTO_BYTES);
    await writer.add(`${PATTERNS[classIndex] ?? 'other'}/${index}.jpg`, new Uint8ArrayReader(photo));
  }
  await writer.close();
}

/** A JPEG made longer by comments (COM segments after SOI), which a decoder passes over. Source: ITU-T T.81, B.2.4.5. */
function padded(jpeg: Uint8Array<ArrayBuffer>, bytes: number): Uint8Array<ArrayBuffer> {
  const segment = new Uint8Array(2 + 0xffff);
  segment.set([0xff, 0xfe, 0xff, 0xff]);
  const segments = Math.max(0, Math.floor((bytes - jpeg.length) / segment.length));
  const out = new Uint8Array(jpeg.length + segments * segment.length);
  out.set(jpeg.subarray(0, 2));
  for (let at = 0; at < segments; at++) out.set(segment, 2 + at * segment.length);
  out.set(jpeg.subarray(2), 2 + segments * segment.length);
  return out;
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
