/** @file Fetches a TensorFlow.js graph model: `model.json` and the weight files that it names. */
import { EngineError } from '../core/errors.ts';
import { kindOfModelJson, parseGraphModel, weightPaths, type WeightSpec } from '../graph/tfjs/model-json.ts';
import type { WebGraphModel } from './catalogue.ts';
import { download, readKept } from './download.ts';
import type { DownloadOptions } from './download.ts';
import type { PartStore } from './part-store.ts';

const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  float16: 2,
  uint16: 2,
  uint8: 1,
};

/** How a download is tried; its store, hash and size are decided here. */
export type WebGraphOptions = Pick<
  DownloadOptions,
  'signal' | 'onProgress' | 'attempts' | 'retryDelayMs' | 'stallMs'
> & { readonly store: PartStore };

/** The files of a graph model, as the importer takes them. */
export interface WebGraph {
  /** The parsed `model.json`. */
  readonly json: unknown;
  /** All weight files, one after another. */
  readonly weights: Uint8Array<ArrayBuffer>;
}

type WebGraphAddress = Pick<WebGraphModel, 'url' | 'query'>;

/**
 * A whole model, from the store where it is kept, else from the web into the store. No hash of its files is known before:
 * those of the first whole model are kept, and whatever comes from the same addresses later must have them.
 * @throws {EngineError} as `download`; `model-unsupported` if `model.json` describes no graph model; `model-damaged` if
 * it is not sound.
 */
export async function loadWebGraph(model: WebGraphAddress, options: WebGraphOptions): Promise<WebGraph> {
  const { store } = options;
  const address = addressOf(model, 'model.json');
  const description = await download(address, { ...options, ...(await pinOf(address, store)) });
  const json = await soundModelJson(model, description, store);
  const specs = parseGraphModel(json).weightsManifest.flatMap(({ weights }) => weights);
  const weightBytes = specs.reduce((sum, spec) => sum + bytesOf(spec), 0);
  const totalBytes = description.byteLength + weightBytes;

  let doneBytes = description.byteLength;
  const groups: Uint8Array<ArrayBuffer>[] = [];
  for (const path of weightPaths(json)) {
    const place = addressOf(model, path);
    const bytes = await download(place, {
      ...options,
      ...(await pinOf(place, store)),
      onProgress: ({ loadedBytes }) =>
        options.onProgress?.({ loadedBytes: Math.min(doneBytes + loadedBytes, totalBytes), totalBytes }),
    });
    doneBytes += bytes.byteLength;
    options.onProgress?.({ loadedBytes: Math.min(doneBytes, totalBytes), totalBytes });
    groups.push(bytes);
  }
  const weights = concatenate(groups);
  if (weights.byteLength !== weightBytes) {
    await forgetWebGraph(model, store);
    throw new EngineError(
      'weights-hash',
      `${model.url}: model.json describes ${weightBytes} bytes of weights, ${weights.byteLength} came.`,
      { url: model.url },
    );
  }
  for (const place of [address, ...weightPaths(json).map((path) => addressOf(model, path))])
    await pinKept(place, store);
  return { json, weights };
}

async function pinOf(url: string, store: PartStore): Promise<Pick<DownloadOptions, 'sha256'>> {
  const sha256 = await store.pinned(url);
  return sha256 === null ? {} : { sha256 };
}

async function pinKept(url: string, store: PartStore): Promise<void> {
  const hash = (await store.meta(url))?.sha256;
  if (hash !== undefined) await store.pin(url, hash);
}

/** What is no model is not kept: it may be the page of a network that wants a login first. */
async function soundModelJson(
  model: WebGraphAddress,
  bytes: Uint8Array<ArrayBuffer>,
  store: PartStore,
): Promise<unknown> {
  try {
    return parseModelJson(model, bytes);
  } catch (thrown) {
    await store.delete(addressOf(model, 'model.json'));
    throw thrown;
  }
}

/** Whether all files of a model are kept, so that it loads without a network. */
export async function isWebGraphKept(model: WebGraphAddress, store: PartStore): Promise<boolean> {
  const json = await readKept(addressOf(model, 'model.json'), { store });
  if (json === null) return false;
  for (const path of weightPaths(parseModelJson(model, json))) {
    const meta = await store.meta(addressOf(model, path));
    if (meta?.sha256 === undefined) return false;
  }
  return true;
}

async function forgetWebGraph(model: WebGraphAddress, store: PartStore): Promise<void> {
  const url = addressOf(model, 'model.json');
  const json = await readKept(url, { store });
  if (json === null) return;
  for (const path of ['model.json', ...weightPaths(parseModelJson(model, json))])
    await store.delete(addressOf(model, path));
}

const addressOf = ({ url, query }: WebGraphAddress, path: string): string => `${url}/${path}${query}`;

function parseModelJson(model: WebGraphAddress, bytes: Uint8Array<ArrayBuffer>): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new EngineError(
      'model-unsupported',
      `${model.url} holds no model.json.`,
      { url: model.url },
      { cause },
    );
  }
  if (kindOfModelJson(value) !== 'graph') {
    throw new EngineError('model-unsupported', `${model.url}/model.json describes no graph model.`, {
      url: model.url,
    });
  }
  return value;
}

/** Strings have no fixed size; no weight of a picture model is one. */
function bytesOf({ name, shape, dtype, quantization }: WeightSpec): number {
  const size = ELEMENT_BYTES[quantization?.dtype ?? dtype];
  if (size === undefined) {
    throw new EngineError(
      'model-unsupported',
      `Weight ${name} has the type ${dtype}, which is not supported.`,
    );
  }
  return shape.reduce((product, length) => product * length, size);
}

function concatenate(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.byteLength;
  }
  return bytes;
}
