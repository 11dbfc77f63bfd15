/**
 * @file `npm run test:exports [-- BACKEND ...] [--only TEXT,...]`: networks as the exporters of PyTorch write them, and
 * as the tools of onnxruntime rewrite them, are imported; outputs must be those of onnxruntime, gradients those of PyTorch.
 * Without arguments also the other way: what the page exports for Python is rebuilt there (`rebuilt.oracle.test.ts`).
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { BackendName } from '../../src/core/device.ts';
import type { ExportResult } from '../../src/testing/onnx/export-case.ts';
import { openTestPage, type TestPage } from '../testing/test-page.ts';
import { type CaseName, ensureCases, listCases } from './cases.ts';
import { ensureEnvironment, findPython } from './environment.ts';
import { isExporterLimit, outdatedLimits } from './exporter-limits.ts';
import { HEADING, rowOf } from './table.ts';

const BACKENDS = ['wasm', 'cpu', 'webgl', 'webgpu'] as const;
const DEFAULT: readonly BackendName[] = ['wasm', 'cpu'];

const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: 'string' } } });
const unknown = positionals.filter((name) => !BACKENDS.some((backend) => backend === name));
if (unknown.length > 0) {
  console.error(`No such back-end: ${unknown.join(', ')}. There are ${BACKENDS.join(', ')}.`);
  process.exit(2);
}
const found = findPython();
if ('missing' in found) {
  console.log(`Exports: skipped, ${found.missing}.`);
  process.exit(0);
}
const python = ensureEnvironment(found.command);
ensureCases(python);

const texts = values.only?.split(',') ?? [''];
const cases = listCases().filter(({ network, variant }) =>
  texts.some((text) => `${network} ${variant}`.includes(text)),
);
const wanted = BACKENDS.filter((name) => (positionals.length === 0 ? DEFAULT : positionals).includes(name));
const counts = { passed: 0, failed: 0 };
const test = await openTestPage('/scripts/exports/exports.html');
try {
  await test.page.waitForFunction(() => 'graftExports' in window);
  for (const backend of wanted) await runAll(test, backend);
} finally {
  await test.close();
}
tellUnmade();
if (positionals.length === 0 && values.only === undefined) testRebuilt();
console.log(`${counts.passed} passed, ${counts.failed} failed`);
if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;

/** Counts as one case. */
function testRebuilt(): void {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--project', 'exports'];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  counts[status === 0 ? 'passed' : 'failed'] += 1;
}

/** A case that could not be made has failed, unless its exporter is known not to be able to. */
function tellUnmade(): void {
  for (const one of cases) {
    if (one.error === null) continue;
    const isKnown = isExporterLimit(one);
    const what = isKnown ? 'Not possible with this exporter' : 'FAILED, not exported';
    console.log(`${what}: ${one.network} ${one.variant}: ${one.error.split('\n')[0] ?? ''}`);
    if (!isKnown) counts.failed += 1;
  }
  for (const name of outdatedLimits(cases)) {
    console.log(`FAILED, listed as not possible with its exporter, but there is one: ${name}`);
    counts.failed += 1;
  }
}

async function runAll({ page }: TestPage, backend: BackendName): Promise<void> {
  const refusal = await page.evaluate((name) => window.graftExports.open(name), backend);
  if (refusal !== null) {
    console.log(`${backend}: skipped, ${refusal}`);
    return;
  }
  console.log(`\n${backend}\n${HEADING}`);
  for (const one of cases) {
    if (one.error !== null) continue;
    const started = performance.now();
    const result = await runCase(test, one);
    const seconds = (performance.now() - started) / 1000;
    const problems = typeof result === 'string' ? [result] : result.problems;
    console.log(rowOf(one, result, seconds));
    for (const problem of problems) console.log(`    ${problem}`);
    counts[problems.length === 0 ? 'passed' : 'failed'] += 1;
  }
}

function runCase({ page }: TestPage, { networkPath, variantPath }: CaseName): Promise<ExportResult | string> {
  const paths = [networkPath, variantPath] as const;
  return page.evaluate(([network, variant]) => window.graftExports.run(network, variant), paths);
}
