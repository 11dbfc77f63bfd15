/**
 * @file `node scripts/serve.mjs [FOLDER] [--plain]`: serves a built site (default `dist`) on `PORT` or a free port.
 * `--plain` leaves out the isolation headers, like a host that allows none.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './npm.mjs';
import { createStaticServer, listen } from './static-server.mjs';

/** @param {{ root: string, isolated?: boolean }} options */
export async function serve({ root, isolated = true }) {
  const server = createStaticServer({ root, isolated });
  const port = process.env.PORT ? Number(process.env.PORT) : undefined;
  try {
    console.log(`Graft is at http://localhost:${await listen(server, port)}/`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const args = process.argv.slice(2);
  const folder = args.find((argument) => !argument.startsWith('--')) ?? 'dist';
  await serve({ root: resolve(ROOT, folder), isolated: !args.includes('--plain') });
}
