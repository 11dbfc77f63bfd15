/**
 * @file What a `model.json` of TensorFlow.js holds, checked against a schema and rebuilt from it. Two kinds: graph models
 * (a TensorFlow GraphDef as JSON) and layers models (the configuration of Keras). Source of both formats:
 * https://github.com/tensorflow/tfjs/blob/tfjs-v4.22.0/tfjs-core/src/io/types.ts.
 */
import * as v from 'valibot';
import { EngineError } from '../../core/errors.ts';
import { damaged } from '../importing/errors.ts';

const size = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31 - 1));

const weightSpec = v.object({
  name: v.string(),
  shape: v.array(size),
  dtype: v.string(),
  quantization: v.exactOptional(
    v.object({
      dtype: v.picklist(['uint8', 'uint16', 'float16']),
      min: v.exactOptional(v.number()),
      scale: v.exactOptional(v.number()),
    }),
  ),
});

const weightsManifest = v.array(v.object({ paths: v.array(v.string()), weights: v.array(weightSpec) }));

/** Attributes of a node are decoded by `attributes.ts`, one by one where a rule asks for them. */
const graphNode = v.object({
  name: v.string(),
  op: v.string(),
  input: v.optional(v.array(v.string()), []),
  attr: v.optional(v.record(v.string(), v.unknown()), {}),
});

const signature = v.object({
  inputs: v.optional(v.record(v.string(), v.object({ name: v.string() })), {}),
  outputs: v.optional(v.record(v.string(), v.object({ name: v.string() })), {}),
});

const graphModel = v.object({
  modelTopology: v.object({ node: v.array(graphNode) }),
  weightsManifest,
  signature: v.nullish(signature),
  userDefinedMetadata: v.nullish(v.object({ signature: v.nullish(signature) })),
});

const layersModel = v.object({
  modelTopology: v.record(v.string(), v.unknown()),
  weightsManifest,
});

/** Name, shape and stored type of one weight, in the order of the bytes. */
export type WeightSpec = v.InferOutput<typeof weightSpec>;
/** One operation of a TensorFlow graph. */
export type GraphDefNode = v.InferOutput<typeof graphNode>;
export type GraphModelJson = v.InferOutput<typeof graphModel>;
export type LayersModelJson = v.InferOutput<typeof layersModel>;

/** Which of the two kinds a parsed `model.json` is, `null` if it is neither. */
export function kindOfModelJson(json: unknown): 'graph' | 'layers' | null {
  const topology = objectAt(json, 'modelTopology');
  if (topology === null) return null;
  if (Array.isArray(topology['node'])) return 'graph';
  const config = objectAt(topology, 'model_config') ?? topology;
  return typeof config['class_name'] === 'string' ? 'layers' : null;
}

/** @throws {EngineError} `model-damaged` with the place that is not as the format says. */
export function parseGraphModel(json: unknown): GraphModelJson {
  return checked(graphModel, json, 'graph');
}

/** @throws {EngineError} `model-damaged` with the place that is not as the format says. */
export function parseLayersModel(json: unknown): LayersModelJson {
  return checked(layersModel, json, 'layers');
}

/**
 * The weight files of a model in the order of their bytes, relative to `model.json`.
 * @throws {EngineError} `model-damaged` if one lies elsewhere: a path that climbs, or an address.
 */
export function weightPaths(json: unknown): readonly string[] {
  const parsed = v.safeParse(v.object({ weightsManifest }), json);
  if (!parsed.success) throw damaged('it names no weight files');
  const paths = parsed.output.weightsManifest.flatMap((group) => group.paths);
  for (const path of paths) {
    if (
      /^[a-z][a-z\d+.-]*:/i.test(path) ||
      path.split(/[/\\]/).some((part) => part === '' || part === '..')
    ) {
      throw damaged(`the weights lie at "${path}", outside the model's folder`);
    }
  }
  return paths;
}

function checked<T extends v.GenericSchema>(schema: T, json: unknown, kind: string): v.InferOutput<T> {
  const found = kindOfModelJson(json);
  if (found !== null && found !== kind) {
    throw new EngineError('model-unsupported', `Expected a ${kind} model, but this is a ${found} model.`);
  }
  const result = v.safeParse(schema, json, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw damaged(`${v.getDotPath(issue) ?? 'model.json'}: ${issue.message}`);
}

function objectAt(value: unknown, key: string): Record<string, unknown> | null {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
  const found = (value as Record<string, unknown>)[key];
  return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : null;
}
