/** @file `npm run build`: the static site in `dist/`, for any host. */
import { join } from 'node:path';
import { forgetBuild, stampBuild } from './build-stamp.mjs';
import { ROOT } from './npm.mjs';
import { preparePacks, run } from './setup.mjs';

preparePacks();
await forgetBuild(ROOT);
run({
  command: process.execPath,
  args: [join('node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'],
});
run({ command: process.execPath, args: [join('scripts', 'check-build.mjs')] });
await stampBuild(ROOT);
