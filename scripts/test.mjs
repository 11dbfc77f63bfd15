/**
 * @file `npm test`: everything that must hold, from a bare clone. Each step runs even if an earlier one failed, so that
 * one run tells all. The last line counts every test of every runner (a step without a count of its own is one).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './npm.mjs';
import { assertNode, ensureDependencies, preparePacks } from './setup.mjs';

/**
 * @typedef {{ passed: number, failed: number }} Counts
 * @typedef {object} Step
 * @property {string} name
 * @property {string[]} args Of Node.
 * @property {(report: string, output: string) => Counts | null} [count] Reads the counts from the report file or the output.
 * @property {string} [needs] A step without which this one says nothing.
 */

assertNode();
await ensureDependencies();
preparePacks();
const { ensureChromium } = await import('./chromium.mjs');
process.env.CHROMIUM_PATH = await ensureChromium();

const reports = mkdtempSync(join(tmpdir(), 'graft-test-'));
/** @type {(path: string) => string} */
const bin = (path) => join('node_modules', path);
/** @type {(project: string) => string} */
const vitestReport = (project) => join(reports, `${project}.json`);

/** @type {Step[]} */
const STEPS = [
  { name: 'format', args: [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'] },
  { name: 'lint', args: [bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0'] },
  ...['engine', 'app', 'node'].map((project) => ({
    name: `types (${project})`,
    args: [bin('typescript/bin/tsc'), '-p', `tsconfig.${project}.json`],
  })),
  vitest('unit'),
  vitest('browser'),
  { name: 'build', args: [join('scripts', 'build.mjs')], count: countBuild },
  {
    name: 'e2e',
    args: [bin('@playwright/test/cli.js'), 'test', '--reporter=line,json'],
    count: countPlaywright,
    needs: 'build',
  },
];

/** @type {Map<string, Counts & { seconds: number }>} */
const results = new Map();
for (const step of STEPS) results.set(step.name, runStep(step));
rmSync(reports, { recursive: true, force: true });

console.log('');
for (const [name, { passed, failed, seconds }] of results) {
  console.log(
    `${failed > 0 ? 'FAILED' : 'ok    '} ${name.padEnd(16)} ${passed}/${passed + failed}  ${seconds} s`,
  );
}
const all = [...results.values()];
const passed = all.reduce((sum, result) => sum + result.passed, 0);
const failed = all.reduce((sum, result) => sum + result.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/**
 * @param {Step} step
 * @returns {Counts & { seconds: number }}
 */
function runStep({ name, args, count, needs }) {
  console.log(`\n== ${name}`);
  if (needs && (results.get(needs)?.failed ?? 1) > 0) {
    console.log(`Not run: ${needs} failed.`);
    return { passed: 0, failed: 1, seconds: 0 };
  }
  const started = Date.now();
  const report = join(reports, `${name}.json`);
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report, NO_COLOR: '1', FORCE_COLOR: undefined },
  });
  process.stdout.write(stdout);
  const counts = safeCount(count, report, stdout) ?? { passed: status === 0 ? 1 : 0, failed: 0 };
  // A runner may fail as a whole, or before it wrote its report.
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  return { ...counts, seconds: Math.round((Date.now() - started) / 1000) };
}

/**
 * @param {Step['count']} count
 * @param {string} report
 * @param {string} output
 */
function safeCount(count, report, output) {
  try {
    return count?.(report, output) ?? null;
  } catch {
    return null;
  }
}

/**
 * @param {string} project
 * @returns {Step}
 */
function vitest(project) {
  const outputFile = vitestReport(project);
  return {
    name: project,
    args: [
      bin('vitest/vitest.mjs'),
      'run',
      '--project',
      project,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${outputFile}`,
    ],
    count: () => {
      const report = JSON.parse(readFileSync(outputFile, 'utf8'));
      return { passed: report.numPassedTests, failed: report.numFailedTests };
    },
  };
}

/**
 * A test that passed only when repeated counts as failed: it does not hold.
 * @param {string} path
 * @returns {Counts}
 */
function countPlaywright(path) {
  const { stats, errors } = JSON.parse(readFileSync(path, 'utf8'));
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length };
}

/**
 * @param {string} _report
 * @param {string} output
 * @returns {Counts | null}
 */
function countBuild(_report, output) {
  const match = /^Build: (\d+) passed, (\d+) failed$/m.exec(output);
  return match && { passed: Number(match[1]), failed: Number(match[2]) };
}
