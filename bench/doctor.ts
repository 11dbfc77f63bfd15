/** @file `npm run bench -- doctor --data DIR`: what the doctor finds of faults that were put into a set of pictures. */
import type { BenchOptions } from './options.ts';
import { listFolders } from './picture-list.ts';
import { plant, type PlantedSet } from './planted.ts';
import { callEngine, openDoor, type BenchSite } from './site.ts';
import { formatTable, type Row } from './table.ts';

/** Suspicions that a person is asked to look through: this share of the set, the most doubtful first. */
const LOOKED_THROUGH = 0.1;

export async function benchDoctor(site: BenchSite, options: BenchOptions) {
  const pictures = await listFolders(options.data ?? '.');
  const rows: Row[] = [];
  for (let seed = 1; seed <= options.seeds; seed++) {
    const found = await oneSet(site, pictures, plant(pictures, seed), seed);
    console.log(formatTable(found));
    rows.push(...found);
  }
  return { rows, at: new Date().toISOString() };
}

async function oneSet(
  site: BenchSite,
  pictures: Awaited<ReturnType<typeof listFolders>>,
  planted: PlantedSet,
  seed: number,
): Promise<Row[]> {
  const page = await openDoor(site);
  const { settings } = (await callEngine(page, 'project.new', {})).result;
  await callEngine(page, 'models.load', { modelId: settings.modelId });
  await callEngine(page, 'device.probe', { modelId: settings.modelId, backend: 'auto' });
  await page.setInputFiles(
    '#files',
    pictures.map(({ file }) => file),
  );
  const imported = await page.evaluate((files) => window.graftBench.importPlanned(files), planted.files);
  const refused = new Set(imported.result?.rejected.map(({ name }) => name.split('/').at(-1) ?? ''));
  await callEngine(page, 'instant.update', {});
  const { result, elapsedMs } = await callEngine(page, 'data.doctor', {});
  const ids = await page.evaluate(() => window.graftBench.sampleIds());
  await page.context().close();
  const nameOf = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
  const groups = result.findings.flatMap((finding) => ('groups' in finding ? finding.groups : []));
  const doubts = result.findings.flatMap((finding) => ('doubts' in finding ? finding.doubts : []));
  const named = groups.map((group) => group.map((id) => nameOf.get(id) ?? ''));
  const pairs = named.flatMap(([first = '', ...others]) => others.map((other) => [first, other] as const));
  const isTrue = ([a, b]: readonly [string, string]) =>
    planted.copies.get(a) === b || planted.copies.get(b) === a;
  const hits = pairs.filter(isTrue).length;
  const first = doubts.slice(0, Math.floor(LOOKED_THROUGH * result.examined));
  const turned = first.filter(({ id }) => planted.flipped.has(nameOf.get(id) ?? '')).length;
  const cut = [...planted.cut].filter((name) => refused.has(name)).length;
  const share = (name: string, part: number, whole: number, atLeast?: number): Row => ({
    name: `seed ${seed}: ${name}`,
    value: whole === 0 ? null : (100 * part) / whole,
    unit: '%',
    note: `${part} of ${whole}${atLeast === undefined ? '' : `, goal at least ${atLeast} %`}`,
  });
  return [
    share('near duplicates found', hits, planted.copies.size, 95),
    share('of what was called near duplicates, copies', hits, pairs.length),
    share('turned labels in the first tenth of the set', turned, planted.flipped.size, 60),
    share('of these suspicions, turned labels', turned, first.length),
    share('files cut short, refused with a reason', cut, planted.cut.size, 100),
    {
      name: `seed ${seed}: examined in`,
      value: elapsedMs / 1000,
      unit: 's',
      note: `${result.examined} pictures, features there`,
    },
  ];
}
