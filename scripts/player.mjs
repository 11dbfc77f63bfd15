/**
 * @file The page that an exported model runs in, as one script: `virtual:graft-player` holds it as text, so that the
 * engine can put it into a file beside the weights.
 */
import { join } from 'node:path';
import { ROOT } from './npm.mjs';

const MODULE = 'virtual:graft-player';
const RESOLVED = `\0${MODULE}`;

/**
 * Builds the script when it is first asked for.
 * @returns {import('vite').Plugin}
 */
export function playerPlugin() {
  return {
    name: 'graft-player',
    resolveId: (id) => (id === MODULE ? RESOLVED : undefined),
    async load(id) {
      if (id !== RESOLVED) return undefined;
      return `export const PLAYER_SCRIPT = ${JSON.stringify(await playerScript())};`;
    },
  };
}

/** @type {Promise<string> | undefined} */
let script;

/**
 * The script as it stands between its tags in an exported page, built once.
 * @returns {Promise<string>}
 */
export function playerScript() {
  // Nothing in it may end the script; in the texts of a script the escape means the same.
  script ??= buildPlayer().then((text) => text.replace(/<(?=\/script|!--|script)/gi, '\\u003c'));
  return script;
}

/** @returns {Promise<string>} one script without imports, its WebAssembly inside */
async function buildPlayer() {
  const { build } = await import('vite');
  const built = await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    publicDir: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      target: 'es2023',
      write: false,
      lib: { entry: join(ROOT, 'player', 'main.ts'), formats: ['iife'], name: 'graftPlayer' },
    },
  });
  const [first] = Array.isArray(built) ? built : [built];
  const chunk = first && 'output' in first ? first.output.find(({ type }) => type === 'chunk') : undefined;
  if (chunk?.type !== 'chunk') throw new Error('The player could not be built.');
  return chunk.code;
}
