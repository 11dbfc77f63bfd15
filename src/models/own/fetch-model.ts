/** @file A model at an address of the web: the file there, and the files beside it that it names. */
import { EngineError } from '../../core/errors.ts';
import type { DownloadProgress } from '../../core/model-card.ts';
import { externalFiles } from '../../graph/onnx/import-onnx.ts';
import { kindOfModelJson, weightPaths } from '../../graph/tfjs/model-json.ts';
import { download, isKnownOffline } from '../download.ts';
import type { PartStore } from '../part-store.ts';
import { fileKind, HEAD_BYTES } from './file-kind.ts';
import { MODEL_LIMIT_BYTES, parsed } from './model-files.ts';

export interface FetchModelOptions {
  readonly signal: AbortSignal;
  /** Keeps what has come, so that a download goes on where it stopped. */
  readonly store: PartStore;
  readonly onProgress: (progress: DownloadProgress) => void;
  /** For tests. */
  readonly retryDelayMs?: number;
}

/** What was fetched, as if it had been dropped. */
export interface FetchedModel {
  readonly files: readonly { readonly path: string; readonly file: Blob }[];
  /** Lets go of what the downloads kept. */
  readonly forget: () => Promise<void>;
}

/** More files than this belong to no model. */
const MOST_FILES = 256;

/**
 * Fetches a model by the address of its `model.json`, `.onnx` or zip file; what it is decides its content. An address
 * that ends in a slash is that of the folder of a `model.json`.
 * @throws {EngineError} `url-invalid`; `offline`; `url-blocked` if nothing answers although there is a network (no such
 * server, or one that does not let other pages read it); `weights-fetch`, `model-too-large`, `quota`, `cancelled`.
 */
export async function fetchModel(address: string, options: FetchModelOptions): Promise<FetchedModel> {
  const url = webAddress(address);
  const urls: string[] = [];
  let doneBytes = 0;
  const load = async (from: URL): Promise<Uint8Array<ArrayBuffer>> => {
    urls.push(from.href);
    const bytes = await downloadFrom(from, doneBytes, options);
    doneBytes += bytes.byteLength;
    return bytes;
  };
  const first = await load(url);
  const files = [{ path: fileName(url), file: new Blob([first]) }];
  for (const name of namedFiles(first)) {
    const beside = new URL(name, url);
    // Some hosts (TensorFlow Hub) want the same query for each file.
    beside.search = url.search;
    files.push({ path: name, file: new Blob([await load(beside)]) });
  }
  const metadata = await metadataOf(first, url, load);
  if (metadata !== null) files.push({ path: 'metadata.json', file: new Blob([metadata]) });
  const { store } = options;
  return {
    files,
    forget: async () => {
      for (const one of urls) await store.delete(one);
    },
  };
}

function webAddress(address: string): URL {
  const text = address.trim();
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new EngineError('url-invalid', `"${text}" is no address of the web.`, { url: text });
  }
  url.hash = '';
  return url.pathname.endsWith('/') ? new URL(`model.json${url.search}`, url) : url;
}

async function downloadFrom(
  url: URL,
  doneBytes: number,
  { signal, store, onProgress, retryDelayMs }: FetchModelOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await download(url.href, {
      signal,
      store,
      limitBytes: MODEL_LIMIT_BYTES - doneBytes,
      attempts: 3,
      ...(retryDelayMs !== undefined && { retryDelayMs }),
      onProgress: ({ loadedBytes, totalBytes }) =>
        onProgress({
          loadedBytes: doneBytes + loadedBytes,
          ...(totalBytes !== undefined && { totalBytes: doneBytes + totalBytes }),
        }),
    });
  } catch (thrown) {
    // A browser does not tell a page whether a server is not there or does not let it read.
    if (!(thrown instanceof EngineError) || thrown.code !== 'offline' || isKnownOffline()) throw thrown;
    throw new EngineError('url-blocked', thrown.message, { host: url.host }, { cause: thrown });
  }
}

/** Names of classes: Teachable Machine keeps them in a file that its `model.json` does not name; others have none. */
async function metadataOf(
  model: Uint8Array<ArrayBuffer>,
  url: URL,
  load: (url: URL) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const isJson = fileKind(model.subarray(0, HEAD_BYTES)).kind === 'json';
  if (!isJson || kindOfModelJson(parsed(model)) !== 'layers') return null;
  const beside = new URL('metadata.json', url);
  beside.search = url.search;
  try {
    return await load(beside);
  } catch (thrown) {
    if (thrown instanceof EngineError && thrown.code === 'weights-fetch') return null;
    throw thrown;
  }
}

/** Files that the model says lie beside it. */
function namedFiles(bytes: Uint8Array<ArrayBuffer>): readonly string[] {
  const { kind } = fileKind(bytes.subarray(0, HEAD_BYTES));
  const names = kind === 'onnx' ? externalFiles(bytes) : kind === 'json' ? jsonFiles(bytes) : [];
  return [...new Set(names)].slice(0, MOST_FILES);
}

function jsonFiles(bytes: Uint8Array): readonly string[] {
  const json = parsed(bytes);
  return kindOfModelJson(json) === null ? [] : weightPaths(json);
}

function fileName({ pathname }: URL): string {
  const last = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
