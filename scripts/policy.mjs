/**
 * @file What the page may do (Content-Security-Policy). The page itself connects to nothing but its own site and runs no
 * script or style but the site's files; the two texts that it writes into frames (an exported page at its self-test, a
 * report to print) are named by their hashes. The engine's worker has a policy of its own, which comes with its script:
 * `src/service-worker/worker-policy.json`. Only there an address that a person typed can be fetched.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './npm.mjs';
import { playerScript } from './player.mjs';

/** Texts of `<style>` in frames; each is written there as it is in the file. */
const FRAME_STYLES = ['src/export/formats/player.css', 'app/steps/evaluate/card.css'];

/**
 * Writes the policy into the built page. The development server has none: its scripts are not those of the site.
 * @returns {import('vite').Plugin}
 */
export function policyPlugin() {
  return {
    name: 'graft-policy',
    apply: 'build',
    async transformIndexHtml(html) {
      const charset = '<meta charset="utf-8" />';
      if (!html.includes(charset)) throw new Error(`index.html has no ${charset}.`);
      const meta = `<meta http-equiv="Content-Security-Policy" content="${await pagePolicy()}" />`;
      // Before the first script; after the charset, which has to stand in the first 1 024 bytes.
      return html.replace(charset, `${charset}\n    ${meta}`);
    },
  };
}

/** @returns {Promise<string>} */
async function pagePolicy() {
  const styles = await Promise.all(FRAME_STYLES.map((path) => readFile(join(ROOT, path), 'utf8')));
  return [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' ${hashOf(await playerScript())}`,
    `style-src 'self' ${styles.map(hashOf).join(' ')}`,
    "connect-src 'self' data: blob:",
    "worker-src 'self' blob:",
    "img-src 'self' data: blob:",
    "media-src 'self' blob: mediastream:",
    "font-src 'self'",
    "manifest-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** @param {string} text */
function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/**
 * The policy in the head of a built page, `null` if it has none.
 * @param {string} html
 * @returns {string | null}
 */
export function policyIn(html) {
  const tag = /<meta[^>]*http-equiv="Content-Security-Policy"[^>]*>/i.exec(html)?.[0];
  return tag === undefined ? null : (/content="([^"]*)"/.exec(tag)?.[1] ?? null);
}
