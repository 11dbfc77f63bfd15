/**
 * @file `npm run test:faults`: a hundred faults in the built page at random moments, as a table. `-- --seed N` draws
 * others, `-- --share 0.1` does fewer of each, `-- --only killed` one kind.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { CHROMIUM_FLAGS, findChromium, PLAIN_FLAGS } from '../../scripts/chromium.mjs';
import { ROOT } from '../../scripts/npm.mjs';
import { createStaticServer, listen } from '../../scripts/static-server.mjs';
import { createRng, deriveSeed } from '../../src/core/rng.ts';
import { onnxFile } from '../../src/testing/onnx/write-model.ts';
import { onnxNet } from '../../src/testing/own-models.ts';
import { GraftPage } from '../pages/graft-page.ts';
import { OwnModelPage } from '../pages/own-model.ts';
import { type Device, loseDeviceOf, watchDevices } from './devices.ts';
import {
  createSubject,
  cut,
  diskFilled,
  disturbImports,
  disturbRuns,
  killed,
  loseDevice,
  reloaded,
  type Tally,
} from './faults.ts';
import { writePictureFolder } from './picture-folder.ts';
import { tapEngine } from './tap.ts';

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '7' },
    share: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const seed = Number(options.seed);
const share = Number(options.share);
const PER_CLASS = 12;
const CLASSES = 2;
/** For a GPU in software. */
const FEW_PER_CLASS = 6;

interface Row {
  readonly name: string;
  readonly times: number;
  readonly run: (page: Page, times: number, seed: number) => Promise<Tally>;
  /** With the GPU back-ends in software. */
  readonly gpu?: boolean;
  readonly lossGoal: number;
}

const onRuns =
  (harm: Parameters<typeof disturbRuns>[1]) => async (page: Page, times: number, rowSeed: number) =>
    disturbRuns(
      await createSubject(new GraftPage(page), {
        folder,
        samples: CLASSES * PER_CLASS,
        epochs: 150,
        seed: rowSeed,
      }),
      harm,
      times,
    );
const onImports =
  (harm: Parameters<typeof disturbImports>[2]) => (page: Page, times: number, rowSeed: number) =>
    disturbImports(new GraftPage(page), createRng(rowSeed), harm, { times, pictures: 60 });
const onDevice = (device: Device) => async (page: Page, times: number, rowSeed: number) => {
  const subject = await createSubject(new GraftPage(page), {
    folder: fewPictures,
    samples: CLASSES * FEW_PER_CLASS,
    epochs: 6,
    seed: rowSeed,
    batchSize: 1,
    prepare: (graft) => chooseTiny(graft, device),
  });
  return loseDevice(subject, (graft) => loseDeviceOf(graft.page, device), times);
};

const ROWS: readonly Row[] = [
  { name: 'worker killed in a run', times: 40, run: onRuns(killed), lossGoal: 0 },
  { name: 'worker killed while pictures come in', times: 10, run: onImports(killed), lossGoal: 0 },
  { name: 'reload in a run', times: 15, run: onRuns(reloaded), lossGoal: 0 },
  { name: 'reload while pictures come in', times: 5, run: onImports(reloaded), lossGoal: 0 },
  { name: 'WebGPU device destroyed', times: 10, run: onDevice('webgpu'), gpu: true, lossGoal: 1e-4 },
  { name: 'WebGL context lost', times: 10, run: onDevice('webgl'), gpu: true, lossGoal: 1e-4 },
  { name: 'disk full in a run', times: 10, run: onRuns(diskFilled()), lossGoal: 0 },
  { name: 'checkpoint cut at a random byte', times: 10, run: onRuns(cut), lossGoal: 0 },
];

const scratch = await mkdtemp(join(tmpdir(), 'graft-faults-'));
const folder = await writePictureFolder(join(scratch, 'some'), PER_CLASS);
const fewPictures = await writePictureFolder(join(scratch, 'few'), FEW_PER_CLASS);
const server = createStaticServer({ root: join(ROOT, 'dist') });
const address = `http://localhost:${await listen(server, undefined)}/`;
const executablePath = findChromium();
const lines: string[][] = [];
let missed = 0;
try {
  for (const row of ROWS.filter(({ name }) => options.only === undefined || name.includes(options.only))) {
    lines.push(await measured(row));
    console.log(lines.at(-1)?.join(' | '));
  }
} finally {
  server.close();
  await rm(scratch, { recursive: true });
}
printTable(lines);
process.exitCode = missed > 0 ? 1 : 0;

async function measured(row: Row): Promise<string[]> {
  const times = Math.max(1, Math.round(row.times * share));
  // A profile of its own on disk: a private window keeps its files in another process.
  const context = await chromium.launchPersistentContext('', {
    args: row.gpu === true ? CHROMIUM_FLAGS : [...PLAIN_FLAGS, '--disable-3d-apis'],
    ...(executablePath !== undefined && { executablePath }),
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  try {
    const page = await context.newPage();
    await tapEngine(page);
    if (row.gpu === true) watchDevices(page);
    await new GraftPage(page).open(address, { timeout: 120_000 });
    const tally = await row.run(page, times, deriveSeed(seed, row.name));
    return judged(row, tally);
  } finally {
    await context.close();
  }
}

function judged({ name, lossGoal }: Row, tally: Tally): string[] {
  const good = tally.lostSamples === 0 && tally.lostRuns === 0 && tally.lossDifference <= lossGoal;
  if (!good) missed++;
  const compared = tally.compared > 0;
  return [
    name,
    String(tally.faults),
    String(tally.lostSamples),
    String(tally.lostRuns),
    compared && tally.worstSetBackMs > 0 ? `${(tally.worstSetBackMs / 1000).toFixed(1)} s` : '',
    compared ? (tally.lossDifference === 0 ? '0' : tally.lossDifference.toExponential(1)) : '',
    compared ? String(tally.compared) : '',
    good ? 'ok' : 'MISSED',
  ];
}

function printTable(rows: readonly string[][]): void {
  const heads = [
    'fault',
    'times',
    'lost samples',
    'lost runs',
    'set back at most',
    'loss differs by',
    'runs compared',
    '',
  ];
  const all = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  console.log('');
  for (const line of all)
    console.log(line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  console.log(`seed ${seed}`);
}

/** A network of a few thousand weights, which a GPU in software can teach, on the back-end that is going to be lost. */
async function chooseTiny(graft: GraftPage, device: Device): Promise<void> {
  const own = new OwnModelPage(graft);
  await own.bring({ name: 'tiny.onnx', mimeType: '', buffer: Buffer.from(onnxFile(onnxNet())) });
  await own.works();
  await own.take();
  await graft.chooseBackend(device);
}
