/**
 * @file What a run learned, as one record: a JSON header that names every array with its shape, then the float32
 * values. A record is refused as a whole if a length or the hash does not fit.
 */
import { EngineError } from '../core/errors.ts';
import { packArrays, unpackArrays } from './array-record.ts';
import type { TrainedWeights } from './learner.ts';

interface Header {
  readonly format: 'graft-run';
  readonly version: 1;
  readonly cut: number;
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

/** The bytes of a run, as `array-record.ts` lays them out. */
export async function encodeRun({ weights, seenIds, novelty }: StoredRun): Promise<Uint8Array<ArrayBuffer>> {
  const { head, cut, trunk } = weights;
  const arrays = [
    { name: HEAD_WEIGHTS, shape: [head.featureSize, head.classes], data: head.weights },
    { name: HEAD_BIAS, shape: [head.classes], data: head.bias },
    ...[...(trunk ?? [])].map(([name, { shape, data }]) => ({ name: TRUNK + name, shape, data })),
    ...(novelty === undefined ? [] : noveltyArrays(novelty)),
  ];
  const header: Header = { format: 'graft-run', version: 1, cut, seenIds };
  return packArrays({ ...header }, arrays);
}

/** @throws {EngineError} `project-damaged` if anything does not fit. */
export async function decodeRun(bytes: Uint8Array<ArrayBuffer>): Promise<StoredRun> {
  const { header, arrays: values } = await unpackArrays(bytes, damaged);
  if (!isHeader(header)) throw damaged('its header has another shape');
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

function isHeader(
  value: Readonly<Record<string, unknown>>,
): value is Readonly<Record<string, unknown>> & Header {
  const { format, version, cut, seenIds } = value;
  return (
    format === 'graft-run' &&
    version === 1 &&
    typeof cut === 'number' &&
    Array.isArray(seenIds) &&
    seenIds.every((id) => typeof id === 'string')
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
