/** @file `npm start`: from a bare clone to the page, doing only what is not done yet. */
import { join } from 'node:path';
import { isBuilt } from './build-stamp.mjs';
import { ROOT } from './npm.mjs';
import { serve } from './serve.mjs';
import { assertNode, ensureDependencies, preparePacks, run } from './setup.mjs';

assertNode();
await ensureDependencies();
preparePacks();
if (!(await isBuilt(ROOT))) {
  console.log('Building ...');
  run({ command: process.execPath, args: [join('scripts', 'build.mjs')] });
}
await serve({ root: join(ROOT, 'dist') });
