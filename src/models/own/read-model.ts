/** @file From found files to a graph, through the importers. */
import { EngineError } from '../../core/errors.ts';
import type { ModelFormat } from '../../core/own-model.ts';
import type { Graph } from '../../graph/model/ir.ts';
import { importOnnx } from '../../graph/onnx/import-onnx.ts';
import { readModelProto } from '../../graph/onnx/proto.ts';
import { importGraphModel } from '../../graph/tfjs/import-graph-model.ts';
import { importLayersModel } from '../../graph/tfjs/layers/import-layers-model.ts';
import { weightPaths } from '../../graph/tfjs/model-json.ts';
import { besides, findModel, type FoundModel, type GivenFile, parsed } from './model-files.ts';

/** A file that the model needs, under the name by which it needs it. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A model as it was read. */
export interface SourceModel {
  readonly format: ModelFormat;
  readonly producer: string;
  /** Proposed by the files, empty if they propose none. */
  readonly name: string;
  readonly labels: readonly string[];
  readonly graph: Graph;
  /** All that is needed to read it again, the model itself first. */
  readonly files: readonly NamedBytes[];
}

/**
 * Finds the model among files and imports it.
 * @throws {EngineError} as `findModel` and the importers; `model-incomplete` (detail: file) if a file is missing.
 */
export async function readModel(files: readonly GivenFile[]): Promise<SourceModel> {
  const found = await findModel(files);
  return found.format === 'onnx' ? readOnnx(found) : readTfjs(found);
}

async function readOnnx({ path, bytes, others }: FoundModel): Promise<SourceModel> {
  const beside: NamedBytes[] = [];
  const graph = await importOnnx(bytes, {
    external: async (location) => {
      const file = await neededFile(path, location, others);
      beside.push({ name: location, bytes: file });
      return file;
    },
  });
  const { producer, opsets } = readModelProto(bytes);
  const opset = opsets.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version;
  return {
    format: 'onnx',
    producer: [producer.slice(0, 40), opset === undefined ? '' : `opset ${opset}`]
      .filter((part) => part !== '')
      .join(', '),
    name: baseName(path),
    labels: [],
    graph,
    files: [{ name: 'model.onnx', bytes }, ...beside],
  };
}

async function readTfjs({ format, path, bytes, json, others }: FoundModel): Promise<SourceModel> {
  const shards: NamedBytes[] = [];
  for (const name of weightPaths(json)) shards.push({ name, bytes: await neededFile(path, name, others) });
  const weights = joined(shards.map((shard) => shard.bytes));
  const teachable = await teachableMachine(path, others);
  const graph = format === 'tfjs-graph' ? importGraphModel(json, weights) : importLayersModel(json, weights);
  return {
    format: teachable === null ? format : 'teachable-machine',
    producer: teachable?.producer ?? textAt(json, 'convertedBy') ?? textAt(json, 'generatedBy') ?? '',
    name: teachable?.name ?? baseName(path),
    labels: teachable?.labels ?? [],
    graph,
    files: [
      { name: 'model.json', bytes },
      ...shards,
      ...(teachable === null ? [] : [{ name: 'metadata.json', bytes: teachable.bytes }]),
    ],
  };
}

/** `metadata.json` of a Teachable Machine export: https://github.com/googlecreativelab/teachablemachine-community. */
async function teachableMachine(model: string, others: readonly GivenFile[]) {
  const bytes = await besides(model, 'metadata.json', others)?.read();
  const metadata = bytes === undefined ? undefined : parsed(bytes);
  const version = textAt(metadata, 'tmVersion');
  if (bytes === undefined || version === null) return null;
  const listed = (metadata as { labels?: unknown }).labels;
  const labels = Array.isArray(listed) ? listed.filter((label) => typeof label === 'string') : [];
  const name = textAt(metadata, 'modelName') ?? '';
  return {
    bytes,
    producer: `Teachable Machine ${version}`,
    // What the tool writes when nobody named the model.
    name: name === 'untitled' || name === 'tm-my-image-model' ? '' : name,
    labels: labels.map((label: string) => label.slice(0, 80)).slice(0, 200),
  };
}

async function neededFile(
  model: string,
  name: string,
  others: readonly GivenFile[],
): Promise<Uint8Array<ArrayBuffer>> {
  const file = besides(model, name, others);
  if (file !== undefined) return file.read();
  throw new EngineError('model-incomplete', `${model} needs the file "${name}", which is not there.`, {
    file: name,
  });
}

function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

/** A short text of a JSON object. */
function textAt(json: unknown, key: string): string | null {
  if (typeof json !== 'object' || json === null || !Object.hasOwn(json, key)) return null;
  const value = (json as Record<string, unknown>)[key];
  return typeof value === 'string' ? value.slice(0, 80) : null;
}

/** `models/my-net.onnx` -> `my-net`; names that say nothing are left away. */
function baseName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.(onnx|json)$/i, '');
  return /^model$/i.test(name) ? '' : name.slice(0, 60);
}
