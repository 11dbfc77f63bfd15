/** @file `npm run bench -- kernels`: each kernel of a training step beside tfjs's own, and where a step's time goes. */
import type { KernelReport } from './kernel-worker.ts';
import { openDoor, type BenchSite } from './site.ts';

export async function benchKernels(site: BenchSite, modelId: string): Promise<KernelReport> {
  const page = await openDoor(site);
  const report = await page.evaluate((id) => window.graftBench.kernels(id), modelId);
  await page.context().close();
  if ('error' in report) throw new Error(report.error);
  console.log(formatReport(modelId, report));
  return report;
}

function formatReport(modelId: string, { threads, cases, step, profile }: KernelReport): string {
  const ms = (value: number | null) => (value === null ? '-' : value.toFixed(2)).padStart(8);
  const lines = cases.map(
    ({ name, oursMs, tfjsMs, gflops }) =>
      `${name.padEnd(52)}${ms(oursMs)}${ms(tfjsMs)}${ms(tfjsMs === null ? null : tfjsMs / oursMs)}${ms(gflops)}`,
  );
  const kernels = profile
    .slice(0, 24)
    .map(({ kernel, count, ms: spent }) => `${kernel.padEnd(52)}${ms(spent)}${String(count).padStart(8)}`);
  return [
    `WASM, ${threads} threads, the quickest of many runs`,
    `${''.padEnd(52)}    ours    tfjs   ratio GFLOP/s`,
    ...lines,
    '',
    `${modelId}, batch 16: forward ${step.forwardMs.toFixed(1)} ms, step ${step.stepMs.toFixed(1)} ms, ratio ${(step.stepMs / step.forwardMs).toFixed(2)}`,
    `${'one step'.padEnd(52)}      ms   count`,
    ...kernels,
  ].join('\n');
}
