/**
 * @file `npm run test:onnx [-- BACKEND ...] [--only TEXT]`: the backend node tests of ONNX, on each back-end in the
 * browser. Fails if a case of an operation that we claim does, or if too few pass on the CPU or WASM.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { BackendName } from '../../src/core/device.ts';
import type { ConformanceResult } from '../../src/testing/onnx/conformance-case.ts';
import { caseNames, NODE_DATA } from './node-data.ts';
import { countOf, formatByOp } from './report.ts';
import { type ConformanceSite, openConformanceSite } from './run-in-browser.ts';

const BACKENDS: readonly BackendName[] = ['cpu', 'wasm', 'webgl', 'webgpu'];

/** What must pass in all on the back-ends that are everywhere. */
const LEAST_PASSED = 720;

/** Seconds for one case. The back-ends of the GPU may be computed in software. */
const LIMIT_S = 60;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, 'if-installed': { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !BACKENDS.some((backend) => backend === name));
if (unknown.length > 0) {
  console.error(`No such back-end: ${unknown.join(', ')}. There are ${BACKENDS.join(', ')}.`);
  process.exit(2);
}
if (!existsSync(NODE_DATA)) {
  console.log(`Skipped: ${NODE_DATA} is not there. On Debian: apt-get install libonnx-testdata`);
  process.exit(values['if-installed'] ? 0 : 1);
}

const names = caseNames().filter((name) => name.includes(values.only ?? ''));
const wanted = BACKENDS.filter((name) => positionals.length === 0 || positionals.includes(name));
const site = await openConformanceSite();
try {
  const runs = await runAll(site);
  console.log(`\nBy operation: passed / failed / unsupported\n${formatByOp(runs)}\n`);
  for (const [backend, results] of runs) conclude(backend, results);
} finally {
  await site.close();
}

async function runAll(open: ConformanceSite): Promise<Map<BackendName, readonly ConformanceResult[]>> {
  const runs = new Map<BackendName, readonly ConformanceResult[]>();
  for (const backend of wanted) {
    const started = performance.now();
    const run = await open.run(backend, names, LIMIT_S * 1000);
    if (run.status === 'skipped') {
      console.log(`${backend}: skipped, ${run.reason}`);
      continue;
    }
    for (const { name, status, reason } of run.results) {
      if (status !== 'passed') console.log(`${backend} ${status} ${name}: ${reason}`);
    }
    console.log(`${backend}: ${Math.round((performance.now() - started) / 1000)} s`);
    runs.set(backend, run.results);
  }
  return runs;
}

function conclude(backend: BackendName, results: readonly ConformanceResult[]): void {
  const [passed, failed, unsupported] = (['passed', 'failed', 'unsupported'] as const).map((status) =>
    countOf(results, status),
  ) as [number, number, number];
  console.log(
    `${backend}: ${passed} passed, ${failed} failed, ${unsupported} unsupported of ${results.length}`,
  );
  const everywhere = backend === 'cpu' || backend === 'wasm';
  if (everywhere && values.only === undefined && passed < LEAST_PASSED) {
    console.log(`${backend}: at least ${LEAST_PASSED} must pass`);
    process.exitCode = 1;
  }
  if (failed > 0) process.exitCode = 1;
}
