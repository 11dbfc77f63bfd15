/** @file `npm run test:fuzz`: ten thousand damaged models through every reader. `FUZZ_FIRST=n` starts at another number. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const vitest = join('node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', '--project', 'unit', join('src', 'graph', 'fuzz.test.ts')],
  { stdio: 'inherit', env: { ...process.env, FUZZ_FILES: process.env.FUZZ_FILES ?? '10000' } },
);
process.exitCode = status ?? 1;
