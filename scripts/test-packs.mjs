/**
 * @file `npm run test:packs`: all model packs, those that are fetched only on demand too, against the runtimes that they
 * were published for. What cannot be fetched is skipped, and said.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './npm.mjs';
import { assertNode, ensureDependencies } from './setup.mjs';

assertNode();
await ensureDependencies();
const { ensureChromium } = await import('./chromium.mjs');
process.env.CHROMIUM_PATH = await ensureChromium();
// Tests of whole trunks are left out where the packs are not all there.
process.env.GRAFT_ALL_PACKS = '1';

/**
 * @param {readonly string[]} args Of Node.
 * @returns {number}
 */
function node(args) {
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
}

if (node(['--import', 'tsx', join('scripts', 'packs.ts'), '--all']) !== 0) {
  console.log('Some model packs could not be prepared; their tests are skipped.');
}
const vitest = [join('node_modules', 'vitest', 'vitest.mjs'), 'run'];
const failed = [
  [...vitest, '--project', 'packs'],
  [...vitest, '--project', 'browser', 'src/graph/builders', 'src/models/pack', 'src/models/training-step'],
].filter((args) => node(args) !== 0);
process.exitCode = failed.length > 0 ? 1 : 0;
