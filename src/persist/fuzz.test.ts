/**
 * @file Damaged and hostile project files and zips of pictures: each ends in a project, in pictures or in a named error,
 * soon and without much memory. `FUZZ_ARCHIVES` says how many (`npm run test:fuzz` asks for 5 000), `FUZZ_FIRST` from which
 * number on.
 */
import { expect, test } from 'vitest';
import { readZip } from '../archive/read-zip.ts';
import { EngineError, ERROR_CODES } from '../core/errors.ts';
import { createRng, type Rng } from '../core/rng.ts';
import { archiveSeeds, packed, type ArchiveSeed } from '../testing/fuzz/archive-seeds.ts';
import { mutateBytes } from '../testing/fuzz/mutate-bytes.ts';
import { mutateJson } from '../testing/fuzz/mutate-json.ts';
import { openProjectFile } from './project-file.ts';
import { parseProject, stringifyProject } from './project-record.ts';

const FILES = Number(process.env['FUZZ_ARCHIVES'] ?? 200);
const FIRST = Number(process.env['FUZZ_FIRST'] ?? 1);
const MOST_MS = 2_000;
/** Beyond what the process had before; the garbage of files that were read before counts too. */
const MOST_BYTES = 512 * 2 ** 20;

const { signal } = new AbortController();

/** What a sound archive becomes: damaged inside, with the rest made to fit, or as a file. */
async function damaged(seed: ArchiveSeed, rng: Rng): Promise<Uint8Array<ArrayBuffer>> {
  const times = 1 + rng.below(4);
  let { record, manifest } = seed;
  const inside = seed.kind === 'project' && rng.next() < 0.6;
  for (let i = 0; inside && i < times; i++) {
    if (rng.next() < 0.8) record = mutateJson(record, rng);
    else manifest = mutateJson(manifest, rng);
  }
  let file = await packed({ ...seed, record, manifest });
  for (let i = 0; !inside && i < times; i++) file = mutateBytes(file, rng);
  return file;
}

/** Reads all of it, as an opening or an import does. */
async function read(kind: ArchiveSeed['kind'], file: Blob): Promise<void> {
  if (kind === 'pictures') {
    for await (const item of readZip(file, signal)) {
      if (item.problem === null) await item.read().catch(named);
    }
    return;
  }
  const { record, files } = await openProjectFile(file, signal);
  for (const one of files) await one.read();
  // What is taken is kept, and must then be opened again as it was.
  expect(parseProject(stringifyProject(record))).toEqual(record);
}

function named(thrown: unknown): void {
  if (!(thrown instanceof EngineError)) throw thrown;
}

test('the archives that are damaged are sound themselves', async () => {
  for (const seed of await archiveSeeds()) await read(seed.kind, new Blob([await packed(seed)]));
});

test(
  'damaged archives end in what they hold or in a named error, in bounded time and memory',
  { timeout: 30_000 + 100 * FILES },
  async () => {
    const seeds = await archiveSeeds();
    const before = process.memoryUsage().rss;
    const counts = new Map<string, number>();
    const problems: string[] = [];
    let [slowest, largest] = [0, 0];
    for (let number = FIRST; number < FIRST + FILES; number++) {
      const rng = createRng(number);
      const seed = seeds[rng.below(seeds.length)] as ArchiveSeed;
      const file = new Blob([await damaged(seed, rng)]);
      const start = performance.now();
      const ending = await read(seed.kind, file).then(
        () => 'accepted',
        (thrown: unknown) => {
          if (thrown instanceof EngineError && ERROR_CODES.includes(thrown.code)) return thrown.code;
          problems.push(`file ${number}: ${thrown instanceof Error ? (thrown.stack ?? '') : String(thrown)}`);
          return 'unnamed';
        },
      );
      const ms = performance.now() - start;
      const grown = process.memoryUsage().rss - before;
      counts.set(`${seed.kind} ${ending}`, (counts.get(`${seed.kind} ${ending}`) ?? 0) + 1);
      [slowest, largest] = [Math.max(slowest, ms), Math.max(largest, grown)];
      if (ms > MOST_MS) problems.push(`file ${number} took ${Math.round(ms)} ms`);
      if (grown > MOST_BYTES) problems.push(`file ${number}: ${Math.round(grown / 2 ** 20)} MiB`);
      if (Object.keys(Object.prototype).length > 0) problems.push(`file ${number} changed every object`);
    }
    const table = [...counts].sort().map(([what, count]) => `${count} ${what}`);
    console.log(
      `${FILES} damaged archives: ${table.join(', ')}; slowest ${Math.round(slowest)} ms, ${Math.round(largest / 2 ** 20)} MiB more.`,
    );
    expect(problems.slice(0, 40)).toEqual([]);
  },
);
