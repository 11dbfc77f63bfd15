/**
 * @file `npm run test:fuzz`: ten thousand damaged models through every reader, and five thousand damaged project files and
 * zips. `FUZZ_FIRST=n` starts at another number.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const vitest = join('node_modules', 'vitest', 'vitest.mjs');
const tests = [join('src', 'graph', 'fuzz.test.ts'), join('src', 'persist', 'fuzz.test.ts')];
const { FUZZ_FILES = '10000', FUZZ_ARCHIVES = '5000' } = process.env;
const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', 'unit', ...tests], {
  stdio: 'inherit',
  env: { ...process.env, FUZZ_FILES, FUZZ_ARCHIVES },
});
process.exitCode = status ?? 1;
