/** @file `npm run bench`. */
import { writeFile } from 'node:fs/promises';
import { benchAccuracy } from './accuracy.ts';
import { benchEngine, benchMemory } from './engine-speed.ts';
import { benchGraph } from './graph.ts';
import { benchKernels } from './kernels.ts';
import { readOptions, USAGE, type BenchOptions } from './options.ts';
import { benchPage } from './page-speed.ts';
import { openSite, type BenchSite } from './site.ts';
import { formatTable, type Row } from './table.ts';

async function report(site: BenchSite, options: BenchOptions): Promise<unknown> {
  if (options.command === 'accuracy') return benchAccuracy(site, options);
  if (options.command === 'kernels') return benchKernels(site, options.model ?? 'mobilenet-v3-small');
  if (options.command === 'graph') return benchGraph(site, options.backends);
  const rows: Row[] = [];
  const parts = [() => benchEngine(site), () => benchMemory(site, options.long), () => benchPage(site)];
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
  const result = await report(site, chosen);
  const text = JSON.stringify(result, null, 2);
  console.log(text);
  if (chosen.json !== null) await writeFile(chosen.json, `${text}\n`);
} finally {
  await site.close();
}
