/** @file A checkpoint as bytes: every array as exact float32, the rest as JSON with a hash of its own. */
import * as v from 'valibot';
import { EngineError } from '../core/errors.ts';
import { sha256 } from '../core/hash.ts';
import { type ArrayMap, type NamedArray, packArrays, unpackArrays } from './array-record.ts';
import type { TrainCheckpoint } from './checkpoint.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const fields = v.object({
  format: v.literal('graft-checkpoint'),
  version: v.literal(1),
  /** Grows with every checkpoint of a run: the later of two slots is the one to go on from. */
  sequence: count,
  savedAtMs: v.number(),
  epoch: count,
  offset: count,
  orderState: count,
  pass: v.object({ loss: v.number(), accuracy: v.number() }),
  epochs: v.array(
    v.object({
      epoch: count,
      trainLoss: v.number(),
      trainAccuracy: v.number(),
      validationLoss: v.nullable(v.number()),
      validationAccuracy: v.nullable(v.number()),
      elapsedMs: v.number(),
    }),
  ),
  best: v.object({
    epoch: v.pipe(v.number(), v.integer(), v.minValue(-1)),
    /** `null`: infinite, which JSON cannot say. */
    loss: v.nullable(v.number()),
    since: count,
    cut: count,
    featureSize: count,
    classes: count,
    hasTrunk: v.boolean(),
  }),
  steps: count,
  rateFactor: v.pipe(v.number(), v.finite(), v.gtValue(0)),
  /** What the run computes with now; a rescue may have made it smaller than the settings say. */
  batchSize: v.pipe(count, v.minValue(1)),
  seenIds: v.array(v.string()),
});
type Fields = v.InferOutput<typeof fields>;

/** A checkpoint with what tells it from others of its run. */
export interface StoredCheckpoint {
  readonly sequence: number;
  readonly savedAtMs: number;
  readonly batchSize: number;
  readonly checkpoint: TrainCheckpoint;
}

const PARAMETERS = 'parameters';
const MOMENT = 'moment/';
const STATISTIC = 'statistic/';
const MEAN = 'standardiser/mean';
const INVERSE_DEVIATION = 'standardiser/inverse-deviation';
const HEAD_WEIGHTS = 'best/head/weights';
const HEAD_BIAS = 'best/head/bias';
const TRUNK = 'best/trunk/';

export async function encodeCheckpoint(stored: StoredCheckpoint): Promise<Uint8Array<ArrayBuffer>> {
  const { sequence, savedAtMs, batchSize, checkpoint } = stored;
  const { epoch, offset, orderState, pass, epochs, best, learner, seenIds, rateFactor } = checkpoint;
  const { head, cut, trunk } = best.weights;
  const meta: Fields = {
    format: 'graft-checkpoint',
    version: 1,
    sequence,
    savedAtMs,
    batchSize,
    epoch,
    offset,
    orderState,
    pass,
    epochs: [...epochs],
    best: {
      epoch: best.state.bestEpoch,
      loss: Number.isFinite(best.state.bestLoss) ? best.state.bestLoss : null,
      since: best.state.epochsSince,
      cut,
      featureSize: head.featureSize,
      classes: head.classes,
      hasTrunk: trunk !== null,
    },
    steps: learner.optimizer.steps,
    rateFactor,
    seenIds: [...seenIds],
  };
  const text = JSON.stringify(meta);
  const fieldsHash = await sha256(new TextEncoder().encode(text));
  return packArrays({ fields: text, fieldsHash }, arraysOf(checkpoint));
}

function arraysOf({ learner, standardiser, best }: TrainCheckpoint): NamedArray[] {
  const flat = (name: string, data: Float32Array): NamedArray => ({ name, shape: [data.length], data });
  const named = (prefix: string, map: ArrayMap | null): NamedArray[] =>
    [...(map ?? [])].map(([name, one]) => ({ name: prefix + name, ...one }));
  return [
    flat(PARAMETERS, learner.parameters),
    ...learner.optimizer.moments.map((data, index) => flat(`${MOMENT}${index}`, data)),
    ...named(STATISTIC, learner.statistics),
    flat(MEAN, standardiser.mean),
    flat(INVERSE_DEVIATION, standardiser.inverseDeviation),
    flat(HEAD_WEIGHTS, best.weights.head.weights),
    flat(HEAD_BIAS, best.weights.head.bias),
    ...named(TRUNK, best.weights.trunk),
  ];
}

/** @throws {EngineError} `project-damaged` if anything does not fit. */
export async function decodeCheckpoint(bytes: Uint8Array<ArrayBuffer>): Promise<StoredCheckpoint> {
  const { header, arrays } = await unpackArrays(bytes, damaged);
  const { fields: text, fieldsHash } = header;
  if (typeof text !== 'string' || (await sha256(new TextEncoder().encode(text))) !== fieldsHash) {
    throw damaged('its fields do not match their hash');
  }
  const parsed = v.safeParse(fields, parseJson(text));
  if (!parsed.success) throw damaged(parsed.issues[0].message);
  const { sequence, savedAtMs, batchSize, ...meta } = parsed.output;
  return { sequence, savedAtMs, batchSize, checkpoint: joined(meta, arrays) };
}

function joined(
  meta: Omit<Fields, 'sequence' | 'savedAtMs' | 'batchSize'>,
  arrays: ArrayMap,
): TrainCheckpoint {
  const data = (name: string) => {
    const found = arrays.get(name);
    if (found === undefined) throw damaged(`"${name}" is not there`);
    return found.data;
  };
  const below = (prefix: string) =>
    new Map(
      [...arrays].flatMap(([name, one]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), one] as const] : [],
      ),
    );
  const { epoch, offset, orderState, pass, epochs, best, steps, rateFactor, seenIds } = meta;
  const { featureSize, classes, cut, hasTrunk } = best;
  return {
    epoch,
    offset,
    orderState,
    pass,
    epochs,
    rateFactor,
    seenIds,
    best: {
      state: { bestEpoch: best.epoch, bestLoss: best.loss ?? Infinity, epochsSince: best.since },
      weights: {
        head: { featureSize, classes, weights: data(HEAD_WEIGHTS), bias: data(HEAD_BIAS) },
        cut,
        trunk: hasTrunk ? below(TRUNK) : null,
      },
    },
    standardiser: { mean: data(MEAN), inverseDeviation: data(INVERSE_DEVIATION) },
    learner: {
      parameters: data(PARAMETERS),
      optimizer: { steps, moments: [...below(MOMENT).values()].map((one) => one.data) },
      statistics: below(STATISTIC),
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged('its fields are no JSON', cause);
  }
}

function damaged(reason: string, cause?: unknown): EngineError {
  return new EngineError(
    'project-damaged',
    `The checkpoint of a run is damaged: ${reason}.`,
    { what: 'checkpoint', reason },
    { cause },
  );
}
