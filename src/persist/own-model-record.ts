/** @file How own models lie in a store and in a project file: a record each, and their files by content. */
import * as v from 'valibot';
import { EngineError } from '../core/errors.ts';
import { sha256 } from '../core/hash.ts';
import {
  INPUT_SIDES,
  MODEL_FORMATS,
  ownModelId,
  ownModelKey,
  type OwnModelRecord,
  PIXEL_RANGES,
} from '../core/own-model.ts';

/** Folder of the store that holds all of them. */
export const OWN_MODELS = 'models';

/** The record of a model. */
export function ownRecordPath(modelId: string): string {
  return `${OWN_MODELS}/records/${modelId}.json`;
}

/** A file of a model, by its hash. */
export function ownFilePath(hash: string): string {
  return `${OWN_MODELS}/files/${hash}`;
}

/** Paths that may be in a project file. */
export const OWN_MODEL_PATH = /^models\/(records\/own-[0-9a-f]{32}\.json|files\/[0-9a-f]{64})$/;

const text = v.pipe(v.string(), v.maxLength(1000));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const record = v.object({
  id: v.pipe(v.string(), v.regex(/^own-[0-9a-f]{32}$/)),
  name: text,
  format: v.picklist(MODEL_FORMATS),
  settings: v.object({
    inputSize: v.pipe(v.number(), v.integer(), v.minValue(INPUT_SIDES.min), v.maxValue(INPUT_SIDES.max)),
    range: v.picklist(PIXEL_RANGES),
    channelOrder: v.picklist(['rgb', 'bgr']),
    features: v.pipe(v.string(), v.maxLength(10_000)),
  }),
  files: v.pipe(
    v.array(
      v.object({ name: text, sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)), sizeBytes: count }),
    ),
    v.minLength(1),
    v.maxLength(1000),
  ),
  labels: v.pipe(v.array(text), v.maxLength(1000)),
  megaMacs: v.pipe(v.number(), v.minValue(0)),
  featureSize: count,
  headOnly: v.boolean(),
  addedAtMs: v.number(),
});

/**
 * Reads a record and sees that its id is the hash of its content.
 * @throws {EngineError} `project-damaged`.
 */
export async function parseOwnModel(json: string): Promise<OwnModelRecord> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw damaged('not JSON', cause);
  }
  const result = v.safeParse(record, value);
  if (!result.success)
    throw damaged(`${v.getDotPath(result.issues[0]) ?? 'record'}: ${result.issues[0].message}`);
  if (ownModelId(await sha256(ownModelKey(result.output))) !== result.output.id) throw damaged('another id');
  return result.output;
}

function damaged(what: string, cause?: unknown): EngineError {
  return new EngineError(
    'project-damaged',
    `The record of a model is damaged: ${what}.`,
    { what },
    { cause },
  );
}
