import * as tf from '@tensorflow/tfjs-core';
import {
  BACKENDS,
  type BackendName,
  type BackendProbe,
  type DeviceReport,
  reasonLine,
} from '../core/device.ts';
import { assertNotAborted, EngineError } from '../core/errors.ts';
import { type BackendOpening, closeBackend, openBackend } from './backends.ts';
import { computeCase, SELF_TEST_TOLERANCE, SELF_TESTS, worstRelativeError } from './self-test.ts';

/** WASM first: it is everywhere and sets the bar. CPU last: it is timed only if nothing else works. */
const ORDER: readonly BackendName[] = ['wasm', 'webgpu', 'webgl', 'cpu'];

/** A back-end this many times slower than the best one at a first convolution is not looked at further. */
const GIVE_UP_RATIO = 4;
/** ms that the first convolution may take, with its compilation, before a back-end is given up. */
const GIVE_UP_MS = 1200;
/** ms that the timing of the trunk may take. Compiling a hundred shaders can take seconds. */
const TRUNK_MS = 4000;
/** ms for either where a person asked for one back-end: however slow, it is what they want. */
const ASKED_FOR_MS = 120_000;

interface Limits {
  readonly convMs: number;
  readonly trunkMs: number;
}

export interface ProbeOptions {
  /**
   * Times the chosen trunk on the active back-end, ms per picture. It builds the trunk for it and disposes it.
   */
  readonly timeTrunk: (backend: BackendName) => Promise<number>;
  /** Before each back-end. */
  readonly onProbing?: (backend: BackendName) => void;
  /** Only these; all of them if absent. */
  readonly backends?: readonly BackendName[];
  readonly signal: AbortSignal;
}

/** What the probe decides; the engine adds the rest of the report. */
export type ProbeResult = Pick<
  DeviceReport,
  'backend' | 'chosenBy' | 'probes' | 'threads' | 'simd' | 'forwardMs'
>;

/**
 * Measures the back-ends: each must compute the self-test correctly, the fastest of the correct ones at the trunk's
 * forward pass wins and is active afterwards; the others are closed. Plain data, so that it can be cached.
 * @throws {EngineError} `backend-unavailable` if none works; `cancelled`.
 */
export async function probeBackends(options: ProbeOptions): Promise<ProbeResult> {
  const wanted = ORDER.filter((name) => (options.backends ?? BACKENDS).includes(name));
  const expected = await referenceResults();
  const probes: BackendProbe[] = [];
  const bar: Bar = { convMs: Infinity };
  const limits: Limits =
    wanted.length === 1
      ? { convMs: ASKED_FOR_MS, trunkMs: ASKED_FOR_MS }
      : { convMs: GIVE_UP_MS, trunkMs: TRUNK_MS };
  for (const name of wanted) {
    assertNotAborted(options.signal);
    options.onProbing?.(name);
    const onlyHope = !probes.some(({ status }) => status === 'ok');
    probes.push(
      name === 'cpu' && !onlyHope
        ? { backend: name, status: 'skipped', reason: { code: 'last-resort' } }
        : await probeOne(name, { expected, bar, limits, timeTrunk: options.timeTrunk }),
    );
  }
  return choose(probes);
}

/** The best time so far of the first convolution. */
interface Bar {
  convMs: number;
}

async function choose(probes: readonly BackendProbe[]): Promise<ProbeResult> {
  const correct = probes.filter((probe) => probe.status === 'ok').sort((a, b) => a.forwardMs - b.forwardMs);
  for (const best of correct) {
    const opened = await openBackend(best.backend);
    if (opened.status === 'unavailable') continue;
    for (const { backend } of probes) if (backend !== best.backend) closeBackend(backend);
    const { threads, simd } = opened;
    const rivals = probes.some(
      (probe) => probe !== best && (probe.status === 'ok' || probe.status === 'skipped'),
    );
    const chosenBy = rivals ? 'measured' : 'only-choice';
    return { backend: best.backend, chosenBy, probes, threads, simd, forwardMs: best.forwardMs };
  }
  const reasons = probes.map(
    (probe) => `${probe.backend}: ${'reason' in probe ? reasonLine(probe.reason) : probe.status}`,
  );
  throw new EngineError(
    'backend-unavailable',
    `No back-end computes correctly here (${reasons.join(', ')}). Update the browser or try another one.`,
  );
}

interface Trial extends Pick<ProbeOptions, 'timeTrunk'> {
  readonly expected: readonly Float32Array[];
  readonly bar: Bar;
  readonly limits: Limits;
}

async function probeOne(
  backend: BackendName,
  { expected, bar, limits, timeTrunk }: Trial,
): Promise<BackendProbe> {
  const opened: BackendOpening = await openBackend(backend);
  if (opened.status === 'unavailable') return opened;
  try {
    const convMs = await firstConvolution(limits.convMs);
    if (convMs === null || convMs > bar.convMs * GIVE_UP_RATIO) {
      closeBackend(backend);
      const bestMs = Number.isFinite(bar.convMs) ? bar.convMs : null;
      return { backend, status: 'skipped', reason: { code: 'slow-convolution', ms: convMs, bestMs } };
    }
    const worstError = await selfTest(expected);
    if (worstError > SELF_TEST_TOLERANCE) {
      closeBackend(backend);
      return { backend, status: 'incorrect', worstError };
    }
    const forwardMs = await beforeDeadline(timeTrunk(backend), limits.trunkMs);
    if (forwardMs === null) {
      closeBackend(backend);
      return { backend, status: 'skipped', reason: { code: 'slow-model', limitMs: limits.trunkMs } };
    }
    bar.convMs = Math.min(bar.convMs, convMs);
    return { backend, status: 'ok', worstError, forwardMs };
  } catch (thrown) {
    closeBackend(backend);
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { backend, status: 'unavailable', reason: { code: 'threw', message } };
  }
}

/**
 * Best of two runs after one that compiles, or `null` if that takes too long; 51 million multiply-adds, so that the
 * cost of a call counts for little.
 */
async function firstConvolution(limitMs: number): Promise<number | null> {
  const tensors: tf.Tensor[] = [];
  try {
    const x = tf.ones<tf.Rank.R4>([1, 56, 56, 128]);
    const filter = tf.fill<tf.Rank.R4>([1, 1, 128, 128], 1e-3);
    tensors.push(x, filter);
    let best = Infinity;
    for (let i = 0; i < 3; i++) {
      const start = performance.now();
      const y = tf.tidy(() => tf.max(tf.conv2d(x, filter, 1, 'same')));
      tensors.push(y);
      const read = y.data().then(() => performance.now() - start);
      const elapsedMs = await beforeDeadline(read, limitMs);
      if (elapsedMs === null) return null;
      if (i > 0) best = Math.min(best, elapsedMs);
    }
    return best;
  } finally {
    tf.dispose(tensors);
  }
}

async function selfTest(expected: readonly Float32Array[]): Promise<number> {
  let worst = 0;
  for (const [i, testCase] of SELF_TESTS.entries()) {
    worst = Math.max(worst, worstRelativeError(await computeCase(testCase), expected[i] ?? []));
    if (worst > SELF_TEST_TOLERANCE) break;
  }
  return worst;
}

async function referenceResults(): Promise<Float32Array[]> {
  const opened = await openBackend('cpu');
  if (opened.status === 'unavailable')
    throw new EngineError('backend-unavailable', reasonLine(opened.reason));
  const results: Float32Array[] = [];
  for (const testCase of SELF_TESTS) results.push(Float32Array.from(await computeCase(testCase)));
  return results;
}

/** `null` if the work takes longer; it goes on, but nobody waits for it. */
async function beforeDeadline(work: Promise<number>, limitMs: number): Promise<number | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), limitMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
