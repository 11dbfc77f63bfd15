import * as tf from '@tensorflow/tfjs-core';
import { assertNotAborted, EngineError } from '../core/errors.ts';
import { decodeFloat16, encodeFloat16 } from '../core/float16.ts';
import { nextTask } from '../core/pacing.ts';
import type { InputSource, PixelVariant } from '../core/pixel-source.ts';
import {
  inputKey,
  inputLength,
  inputShape,
  inputUsed,
  type InputValues,
  isUnequal,
  packInput,
  unpackInput,
} from '../core/trunk-input.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import type { FeatureCache } from './feature-cache.ts';

/** One picture, or one variant of it, as an input of the trunk. */
export interface FeatureRequest {
  readonly id: string;
  readonly contentHash: string;
  readonly variant?: PixelVariant;
  /** A variant that no later epoch will ask for: not worth keeping. */
  readonly fleeting?: boolean;
}

export interface FeatureOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  /** Called between batches; holds while training is paused. */
  readonly gate?: () => Promise<void>;
}

/** Activations of pictures at any cut of one trunk, each computed once. */
export interface FeatureExtractor {
  readonly network: TrunkNetwork;
  /** Computes what the cache lacks at a cut, and the pooled features of untouched pictures along the way. */
  ensure(requests: readonly FeatureRequest[], cut: number, options: FeatureOptions): Promise<void>;
  /** Activations in the order asked for. Shape: `[requests.length, ...cutShape(cut)]`. The caller owns the array. */
  read(
    requests: readonly FeatureRequest[],
    cut: number,
    options: FeatureOptions,
  ): Promise<Float32Array<ArrayBuffer>>;
  /** How many of the requests are not in the cache. */
  missing(requests: readonly FeatureRequest[], cut: number): number;
}

export interface FeatureExtractorOptions {
  readonly modelId: string;
  readonly network: TrunkNetwork;
  readonly pixels: InputSource;
  readonly cache: FeatureCache;
  /** Pictures per forward pass. */
  readonly batchSize?: number;
}

/** Larger batches gain nothing on WASM and make the wait for a cancellation longer. */
const FORWARD_BATCH = 8;
/** So many batches are sorted by length before they are computed. */
const SORTED_BATCHES = 16;

/** The extractor borrows network, pixels and cache; it owns nothing. */
export function createFeatureExtractor(options: FeatureExtractorOptions): FeatureExtractor {
  return new CachedExtractor(options);
}

class CachedExtractor implements FeatureExtractor {
  readonly network: TrunkNetwork;
  readonly #modelId: string;
  readonly #pixels: InputSource;
  readonly #cache: FeatureCache;
  readonly #batchSize: number;
  readonly #last: number;

  constructor({ modelId, network, pixels, cache, batchSize = FORWARD_BATCH }: FeatureExtractorOptions) {
    this.network = network;
    this.#modelId = modelId;
    this.#pixels = pixels;
    this.#cache = cache;
    this.#batchSize = batchSize;
    this.#last = network.blocks.length;
  }

  missing(requests: readonly FeatureRequest[], cut: number): number {
    return requests.filter((one) => !this.#cache.has(this.#key(one, cut))).length;
  }

  async ensure(
    requests: readonly FeatureRequest[],
    cut: number,
    { signal, onProgress, gate }: FeatureOptions,
  ): Promise<void> {
    const absent = requests.filter((one) => !this.#cache.has(this.#key(one, cut)));
    const wanted = [...new Map(absent.map((one) => [this.#key(one, 0), one])).values()];
    let done = requests.length - absent.length;
    onProgress?.(done, requests.length);
    // Decoding runs in other threads: always keep enough of it under way for the next forward pass.
    const depth = this.#batchSize + 2 * this.#pixels.concurrency;
    const ahead = prefetch(wanted, depth, (one) => this.#pixelsOf(one, signal));
    const atOnce = this.#batchSize * (isUnequal(this.network.input) ? SORTED_BATCHES : 1);
    for (let start = 0; start < wanted.length; start += atOnce) {
      const some = wanted.slice(start, start + atOnce);
      for (const batch of this.#batches(some, await ahead.take(some.length))) {
        assertNotAborted(signal);
        await this.#compute(
          batch.map(([one]) => one),
          batch.map(([, values]) => values),
          cut,
        );
        done += batch.length;
        onProgress?.(done, requests.length);
        await gate?.();
        await nextTask();
        assertNotAborted(signal);
      }
    }
  }

  async read(
    requests: readonly FeatureRequest[],
    cut: number,
    { signal }: FeatureOptions,
  ): Promise<Float32Array<ArrayBuffer>> {
    const lasting = requests.filter(({ fleeting }) => fleeting !== true);
    // Already there in most cases; entries may have been pushed out of a small cache.
    if (this.missing(lasting, cut) > 0) await this.ensure(lasting, cut, { signal });
    const length = this.network.cutShape(cut).reduce((a, b) => a * b, 1);
    return joined(await Promise.all(requests.map((one) => this.#row(one, cut, signal))), length);
  }

  async #row(request: FeatureRequest, cut: number, signal: AbortSignal): Promise<ArrayLike<number>> {
    if (cut === 0) return this.#pixelsOf(request, signal);
    const kept = await this.#cache.get(this.#key(request, cut));
    return kept === null ? [] : decodeFloat16(kept);
  }

  async #pixelsOf(request: FeatureRequest, signal: AbortSignal): Promise<InputValues> {
    const kept = await this.#cache.get(this.#key(request, 0));
    const { input } = this.network;
    if (kept !== null) return unpackInput(input, kept);
    const { id, variant } = request;
    return this.#pixels.input(id, input, { signal, ...(variant && { variant }) });
  }

  /** Of samples of unequal length those that are alike go together. */
  #batches(requests: readonly FeatureRequest[], decoded: readonly InputValues[]) {
    const { input } = this.network;
    const pairs = requests
      .flatMap((one, at) => {
        const values = decoded[at];
        return values === undefined ? [] : [[one, values] as const];
      })
      .sort(([, a], [, b]) => inputUsed(input, a) - inputUsed(input, b));
    return Array.from({ length: Math.ceil(pairs.length / this.#batchSize) }, (_, at) =>
      pairs.slice(at * this.#batchSize, (at + 1) * this.#batchSize),
    );
  }

  async #compute(
    batch: readonly FeatureRequest[],
    decoded: readonly InputValues[],
    cut: number,
  ): Promise<void> {
    if (cut === 0) {
      for (const [at, bytes] of decoded.entries()) {
        await this.#put(batch[at], 0, packInput(this.network.input, bytes));
      }
      return;
    }
    const { input: taken } = this.network;
    const values = joined(decoded, inputLength(taken));
    // Pooled features of untouched pictures come almost for free here, and the closed-form head needs them.
    const pooledToo = cut < this.#last && batch.every(({ variant }) => variant === undefined);
    const outputs = tf.tidy(() => {
      const input = tf.tensor(values, [batch.length, ...inputShape(taken)], 'float32');
      const atCut = this.network.run(input, 0, cut);
      return pooledToo ? [atCut, this.network.run(atCut, cut, this.#last)] : [atCut];
    });
    try {
      for (const [at, output] of outputs.entries()) {
        await this.#keep(batch, at === 0 ? cut : this.#last, await output.data<'float32'>());
      }
    } finally {
      tf.dispose(outputs);
    }
  }

  async #keep(batch: readonly FeatureRequest[], cut: number, rows: Float32Array): Promise<void> {
    const length = rows.length / batch.length;
    for (const [at, one] of batch.entries()) {
      await this.#put(one, cut, encodeFloat16(rows.subarray(at * length, (at + 1) * length)));
    }
  }

  async #put(request: FeatureRequest | undefined, cut: number, bytes: Uint8Array): Promise<void> {
    if (request !== undefined) await this.#cache.put(this.#key(request, cut), bytes);
  }

  #key({ contentHash, variant }: FeatureRequest, cut: number): string {
    const look = variant === undefined ? '' : JSON.stringify([variant.seed, variant.augmentation]);
    // The input is the same for all models that take the same.
    const from = cut === 0 ? inputKey(this.network.input) : `${this.#modelId}/${cut}`;
    return `${from}/${contentHash}/${look}`;
  }
}

/** Rows of equal length, one after the other. @throws {EngineError} `internal` if a row has another length. */
function joined(rows: readonly ArrayLike<number>[], length: number): Float32Array<ArrayBuffer> {
  const all = new Float32Array(rows.length * length);
  for (const [at, row] of rows.entries()) {
    if (row.length !== length) {
      throw new EngineError('internal', `A row of ${length} values was expected, ${row.length} came.`);
    }
    all.set(row, at * length);
  }
  return all;
}

/** Starts work on items before they are asked for, at most `depth` at a time, and hands results out in order. */
function prefetch<T, R>(items: readonly T[], depth: number, work: (item: T) => Promise<R>) {
  const started: Promise<R>[] = [];
  let next = 0;
  const fill = (): void => {
    while (started.length < depth && next < items.length) {
      const promise = work(items[next++] as T);
      // A failure is thrown where the result is taken; until then it is not unhandled.
      promise.catch(() => undefined);
      started.push(promise);
    }
  };
  fill();
  return {
    async take(count: number): Promise<R[]> {
      const results: R[] = [];
      while (results.length < count) {
        const first = started.shift();
        if (first === undefined) break;
        results.push(await first);
        fill();
      }
      return results;
    },
  };
}
