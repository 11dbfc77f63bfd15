/** @file The files that belong to a model, from what was dropped: a zip is opened, the model is told from the rest. */
import { readZip } from '../../archive/read-zip.ts';
import { EngineError } from '../../core/errors.ts';
import type { ModelFormat } from '../../core/own-model.ts';
import { kindOfModelJson } from '../../graph/tfjs/model-json.ts';
import { fileKind, HEAD_BYTES } from './file-kind.ts';

/** Larger models fit neither the memory of a tab nor anybody's patience, bytes of all files. */
export const MODEL_LIMIT_BYTES = 1 << 30;
const ZIP_LIMITS = { maxEntryBytes: MODEL_LIMIT_BYTES, maxEntries: 2_000 };
/** A `model.json` holds the topology only; the largest known are a few MB. */
const JSON_LIMIT_BYTES = 64 << 20;

/** A file by its path in the drop or the zip. */
export interface GivenFile {
  readonly path: string;
  readonly sizeBytes: number;
  read(): Promise<Uint8Array<ArrayBuffer>>;
  head(): Promise<Uint8Array<ArrayBuffer>>;
}

/** The model among the files. */
export interface FoundModel {
  readonly format: Exclude<ModelFormat, 'teachable-machine'>;
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of `model.json`, parsed. */
  readonly json: unknown;
  /** The files beside it. */
  readonly others: readonly GivenFile[];
}

/** A file of the person's. */
export function givenBlob(path: string, blob: Blob): GivenFile {
  return {
    path,
    sizeBytes: blob.size,
    read: async () => new Uint8Array(await blob.arrayBuffer()),
    head: async () => new Uint8Array(await blob.slice(0, HEAD_BYTES).arrayBuffer()),
  };
}

/**
 * The files with zips opened: entries take the place of their zip.
 * @throws {EngineError} `zip-bomb`, `zip-damaged`, `zip-encrypted`, `model-too-large`, `file-empty`, `cancelled`.
 */
export async function unpacked(
  files: readonly { readonly path: string; readonly file: Blob }[],
  signal: AbortSignal,
): Promise<readonly GivenFile[]> {
  const given: GivenFile[] = [];
  for (const { path, file } of files) {
    if (file.size > MODEL_LIMIT_BYTES) throw tooLarge(path, file.size);
    const one = givenBlob(path, file);
    if (fileKind(await one.head()).kind !== 'zip') given.push(one);
    else given.push(...(await entriesOf(file, signal)));
  }
  const total = given.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (total > MODEL_LIMIT_BYTES) throw tooLarge(given[0]?.path ?? '', total);
  return given;
}

async function entriesOf(zip: Blob, signal: AbortSignal): Promise<GivenFile[]> {
  const entries: GivenFile[] = [];
  for await (const item of readZip(zip, signal, ZIP_LIMITS)) {
    if (item.problem?.code === 'zip-bomb' || item.problem?.code === 'zip-encrypted') throw item.problem;
    if (item.problem !== null) continue;
    let bytes: Promise<Uint8Array<ArrayBuffer>> | null = null;
    const read = () => (bytes ??= item.read());
    entries.push({
      path: item.path,
      sizeBytes: item.sizeBytes,
      read,
      head: async () => (await read()).subarray(0, HEAD_BYTES),
    });
  }
  return entries;
}

/**
 * The one model among the files.
 * @throws {EngineError} `model-none`, `model-several`, and for what people bring in place of a model `model-format`,
 * `model-web-page`, `model-pointer`, `file-empty`.
 */
export async function findModel(files: readonly GivenFile[]): Promise<FoundModel> {
  const found: FoundModel[] = [];
  let instead: EngineError | null = null;
  for (const file of files) {
    const model = await asModel(file, files);
    if (model instanceof EngineError) instead ??= model;
    else if (model !== null) found.push(model);
  }
  const [first, ...more] = found;
  if (first === undefined) {
    throw (
      instead ??
      new EngineError('model-none', 'There is no model among these files.', { files: files.length })
    );
  }
  if (more.length > 0) {
    const names = found.map(({ path }) => path).join(', ');
    throw new EngineError('model-several', `These are several models: ${names}. Bring one.`, { names });
  }
  return first;
}

/** The file as a model; an error if it is what people take for one; `null` if it is neither. */
async function asModel(file: GivenFile, all: readonly GivenFile[]): Promise<FoundModel | EngineError | null> {
  const { path } = file;
  if (file.sizeBytes === 0)
    return all.length === 1 ? new EngineError('file-empty', `${path} is empty.`) : null;
  const others = all.filter((other) => other !== file);
  const kind = fileKind(await file.head());
  switch (kind.kind) {
    case 'onnx':
      return { format: 'onnx', path, bytes: await file.read(), json: null, others };
    case 'json': {
      const bytes = await file.read();
      const json = parsed(bytes);
      // A model.json that was cut off is still recognised by its beginning.
      if (json === undefined) {
        const cut = new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES)).includes('"modelTopology"');
        return cut ? new EngineError('model-damaged', `${path} is cut off.`, { problem: path }) : null;
      }
      const found = kindOfModelJson(json);
      return found === null
        ? null
        : { format: found === 'graph' ? 'tfjs-graph' : 'tfjs-layers', path, bytes, json, others };
    }
    case 'foreign':
      return new EngineError('model-format', `${path} is a ${kind.format} file.`, {
        name: path,
        format: kind.format,
      });
    case 'web-page':
      return new EngineError('model-web-page', `${path} is a web page.`, { name: path });
    case 'pointer':
      return new EngineError('model-pointer', `${path} is a Git LFS pointer.`, { name: path });
    case 'zip':
    case 'other':
      return null;
  }
}

/** A file beside the model, by its path relative to it; picked files have lost their folders. */
export function besides(model: string, name: string, others: readonly GivenFile[]): GivenFile | undefined {
  const folder = model.slice(0, model.lastIndexOf('/') + 1);
  const wanted = name.replaceAll('\\', '/').replace(/^\.\//, '');
  const base = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  return (
    others.find(({ path }) => path === `${folder}${wanted}`) ??
    others.find(({ path }) => base(path) === base(wanted))
  );
}

/** The parsed text; `undefined` if it is no JSON. */
export function parsed(bytes: Uint8Array): unknown {
  if (bytes.byteLength > JSON_LIMIT_BYTES) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

/** @param bytes What it would take. */
export function tooLarge(name: string, bytes: number): EngineError {
  const message = `${name} has ${bytes} bytes; the limit is ${MODEL_LIMIT_BYTES}.`;
  return new EngineError('model-too-large', message, { name, bytes });
}
