/**
 * @file What a run learned, as one record: a JSON header that names every array with its shape, then the float32
 * values. A record is refused as a whole if a length or the hash does not fit.
 */
import { EngineError } from '../core/errors.ts';
import { sha256 } from '../core/hash.ts';
import type { TrainedWeights } from './learner.ts';

interface StoredArray {
  readonly name: string;
  readonly shape: readonly number[];
}

interface Header {
  readonly format: 'graft-run';
  readonly version: 1;
  readonly cut: number;
  readonly hash: string;
  readonly arrays: readonly StoredArray[];
  readonly seenIds: readonly string[];
}

/** A run's weights with the ids whose pictures moved them. */
export interface StoredRun {
  readonly weights: TrainedWeights;
  readonly seenIds: readonly string[];
  /** What tells pictures that are like none of the classes. Absent before the run is calibrated. */
  readonly novelty?: StoredNovelty;
}

/** Class means, directions and variances in feature space, see `NoveltyModel`. */
export interface StoredNovelty {
  readonly size: number;
  readonly means: Float32Array<ArrayBuffer>;
  readonly basis: Float32Array<ArrayBuffer>;
  readonly variances: Float32Array<ArrayBuffer>;
}

const HEAD_WEIGHTS = 'head/weights';
const HEAD_BIAS = 'head/bias';
const TRUNK = 'trunk/';
const NOVELTY = 'novelty/';

/** The bytes of a run: header length (uint32, little-endian), header (UTF-8 JSON padded to 4 bytes), values. */
export async function encodeRun({ weights, seenIds, novelty }: StoredRun): Promise<Uint8Array<ArrayBuffer>> {
  const { head, cut, trunk } = weights;
  const arrays = [
    { name: HEAD_WEIGHTS, shape: [head.featureSize, head.classes], data: head.weights },
    { name: HEAD_BIAS, shape: [head.classes], data: head.bias },
    ...[...(trunk ?? [])].map(([name, { shape, data }]) => ({ name: TRUNK + name, shape, data })),
    ...(novelty === undefined ? [] : noveltyArrays(novelty)),
  ];
  const payload = new Uint8Array(arrays.reduce((sum, { data }) => sum + data.byteLength, 0));
  let offset = 0;
  for (const { data } of arrays) {
    payload.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  const header: Header = {
    format: 'graft-run',
    version: 1,
    cut,
    hash: await sha256(payload),
    arrays: arrays.map(({ name, shape }) => ({ name, shape })),
    seenIds,
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 4) * 4;
  const bytes = new Uint8Array(4 + padded + payload.length).fill(0x20, 4, 4 + padded);
  new DataView(bytes.buffer).setUint32(0, padded, true);
  bytes.set(text, 4);
  bytes.set(payload, 4 + padded);
  return bytes;
}

/** @throws {EngineError} `project-damaged` if anything does not fit. */
export async function decodeRun(bytes: Uint8Array<ArrayBuffer>): Promise<StoredRun> {
  const { header, payload } = split(bytes);
  if ((await sha256(payload)) !== header.hash) throw damaged('its values do not match their hash');
  const values = new Map<string, { shape: readonly number[]; data: Float32Array<ArrayBuffer> }>();
  let offset = 0;
  for (const { name, shape } of header.arrays) {
    const end = offset + 4 * shape.reduce((a, b) => a * b, 1);
    if (end > payload.length) throw damaged(`"${name}" is longer than the record`);
    values.set(name, { shape, data: new Float32Array(payload.slice(offset, end).buffer) });
    offset = end;
  }
  if (offset !== payload.length) throw damaged('the record is longer than its arrays');
  const weights = values.get(HEAD_WEIGHTS);
  const bias = values.get(HEAD_BIAS);
  const [featureSize, classes] = weights?.shape ?? [];
  if (
    !weights ||
    !bias ||
    featureSize === undefined ||
    classes === undefined ||
    bias.data.length !== classes
  ) {
    throw damaged('it has no head');
  }
  const trunk = new Map(
    [...values].flatMap(([name, value]) =>
      name.startsWith(TRUNK) ? [[name.slice(TRUNK.length), value]] : [],
    ),
  );
  const head = { featureSize, classes, weights: weights.data, bias: bias.data };
  return {
    weights: { head, cut: header.cut, trunk: trunk.size > 0 ? trunk : null },
    seenIds: header.seenIds,
    ...noveltyOf(values, featureSize),
  };
}

function noveltyArrays({ size, means, basis, variances }: StoredNovelty) {
  const rows = (data: Float32Array<ArrayBuffer>) => ({ shape: [data.length / size, size], data });
  return [
    { name: `${NOVELTY}means`, ...rows(means) },
    { name: `${NOVELTY}basis`, ...rows(basis) },
    { name: `${NOVELTY}variances`, shape: [variances.length], data: variances },
  ];
}

function noveltyOf(
  values: ReadonlyMap<string, { readonly data: Float32Array<ArrayBuffer> }>,
  size: number,
): { readonly novelty?: StoredNovelty } {
  const of = (name: string) => values.get(NOVELTY + name)?.data;
  const [means, basis, variances] = [of('means'), of('basis'), of('variances')];
  if (means === undefined || basis === undefined || variances === undefined) return {};
  if (means.length % size !== 0 || basis.length !== (variances.length - 1) * size) {
    throw damaged('its measure of novelty does not fit its features');
  }
  return { novelty: { size, means, basis, variances } };
}

function split(bytes: Uint8Array<ArrayBuffer>): { header: Header; payload: Uint8Array<ArrayBuffer> } {
  if (bytes.length < 4) throw damaged('it is cut short');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (4 + length > bytes.length) throw damaged('it is cut short');
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  } catch (cause) {
    throw damaged('its header is no JSON', cause);
  }
  if (!isHeader(header)) throw damaged('its header has another shape');
  return { header, payload: bytes.slice(4 + length) };
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false;
  const { format, version, cut, hash, arrays, seenIds } = value as Partial<Record<keyof Header, unknown>>;
  return (
    format === 'graft-run' &&
    version === 1 &&
    typeof cut === 'number' &&
    typeof hash === 'string' &&
    Array.isArray(arrays) &&
    arrays.every(isStoredArray) &&
    Array.isArray(seenIds) &&
    seenIds.every((id) => typeof id === 'string')
  );
}

function isStoredArray(value: unknown): value is StoredArray {
  if (typeof value !== 'object' || value === null) return false;
  const { name, shape } = value as Partial<Record<keyof StoredArray, unknown>>;
  return (
    typeof name === 'string' &&
    Array.isArray(shape) &&
    shape.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)
  );
}

function damaged(reason: string, cause?: unknown): EngineError {
  return new EngineError(
    'project-damaged',
    `The model of a run is damaged: ${reason}. Train it again.`,
    { reason },
    { cause },
  );
}
