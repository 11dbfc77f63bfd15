/** @file `npm run bench`. */
import { writeFile } from 'node:fs/promises';
import { benchAccuracy } from './accuracy.ts';
import { benchCertainty } from './certainty.ts';
import { benchData } from './data.ts';
import { benchDoctor } from './doctor.ts';
import { benchEngine, benchMemory } from './engine-speed.ts';
import { benchExam } from './evaluate.ts';
import { benchMap, benchReasons } from './explain.ts';
import { benchGraph } from './graph.ts';
import { benchKernels } from './kernels.ts';
import { readOptions, USAGE, type BenchOptions, type Command, type Part } from './options.ts';
import { benchPage } from './page-speed.ts';
import { openSite, type BenchSite } from './site.ts';
import { formatTable, type Row } from './table.ts';

const EVALUATE_PARTS: Record<Part, (site: BenchSite) => Promise<Row[]>> = {
  why: benchReasons,
  map: benchMap,
  exam: benchExam,
};

/** Every bench: what it measures of a built site, as it goes into the JSON. */
const BENCHES: Record<Command, (site: BenchSite, options: BenchOptions) => Promise<unknown>> = {
  speed: (site, { long }) =>
    inParts(
      () => benchEngine(site),
      () => benchMemory(site, long),
      () => benchPage(site),
    ),
  page: (site) => inParts(() => benchPage(site)),
  accuracy: benchAccuracy,
  evaluate: async (site, options) =>
    inParts(
      ...(options.data === null
        ? options.parts.map((part) => () => EVALUATE_PARTS[part](site))
        : await benchCertainty(site, options, options.data)),
    ),
  kernels: (site, { model }) => benchKernels(site, model ?? 'mobilenet-v3-small'),
  data: benchData,
  doctor: benchDoctor,
  graph: (site, { backends }) => benchGraph(site, backends),
};

async function inParts(...parts: readonly (() => Promise<Row[]>)[]) {
  const rows: Row[] = [];
  for (const part of parts) {
    const found = await part();
    // Printed as they come: minutes of measuring are not lost to what fails later.
    console.log(formatTable(found));
    rows.push(...found);
  }
  return { rows, at: new Date().toISOString() };
}

function options(): BenchOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (thrown) {
    console.error(thrown instanceof Error ? thrown.message : thrown);
    console.error(USAGE);
    process.exit(2);
  }
}

const chosen = options();
const site = await openSite(chosen.rebuild);
try {
  const result = await BENCHES[chosen.command](site, chosen);
  const text = JSON.stringify(result, null, 2);
  console.log(text);
  if (chosen.json !== null) await writeFile(chosen.json, `${text}\n`);
} finally {
  await site.close();
}
