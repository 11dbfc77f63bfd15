import { EngineError } from '../../../core/errors.ts';
import { GraphBuilder } from '../../importing/builder.ts';
import { damaged } from '../../importing/errors.ts';
import { withRoles } from '../../importing/roles.ts';
import type { Dimension, Graph, TensorData, ValueInfo } from '../../model/ir.ts';
import { parseLayersModel } from '../model-json.ts';
import { readWeights } from '../weights.ts';
import { LayerConfig } from './config.ts';
import { LAYER_RULES } from './layer-rules.ts';
import { Layer, type WeightLookup } from './layer.ts';
import { callsOf, referencesOf } from './topology.ts';

const MODELS = new Set(['Sequential', 'Functional', 'Model']);
/** Models in models; Teachable Machine has three levels. */
const MAX_DEPTH = 16;

/**
 * Reads a layers model of TensorFlow.js (Keras): Sequential and Functional, models as layers of models, as Teachable
 * Machine exports them. Dropout and noise do nothing, as in inference. Parameters are named `layer/weight`.
 * @param json The parsed `model.json`: data of a stranger.
 * @param weights The files that `weightPaths` names, one after another.
 * @throws {EngineError} `model-damaged` if the model is not sound; `model-unsupported` with the names of layer classes
 * and layers that are not known here.
 */
export function importLayersModel(json: unknown, weights: Uint8Array<ArrayBuffer>): Graph {
  const { modelTopology, weightsManifest } = parseLayersModel(json);
  const stored = readWeights(
    weightsManifest.flatMap((group) => group.weights),
    weights,
  );
  const root = new LayerConfig(
    Object.hasOwn(modelTopology, 'model_config') ? modelTopology['model_config'] : modelTopology,
  );
  if (!MODELS.has(root.className)) throw root.refuse('is no model');
  assertKnown(root);
  const conversion = new Conversion(lookupIn(stored));
  return conversion.finish(conversion.model(root, null, 0));
}

/** TensorFlow 2.2 and later write `layer/cell/weight` for cells of recurrent layers. */
function lookupIn(stored: ReadonlyMap<string, TensorData>): WeightLookup {
  const byShortName = new Map<string, TensorData>();
  for (const [name, data] of stored) {
    const parts = name.replace(/:0$/, '').split('/');
    byShortName.set([...parts.slice(0, -2), parts.at(-1)].join('/'), data);
    byShortName.set(parts.slice(-2).join('/'), data);
  }
  return (layer, weight) => stored.get(`${layer}/${weight}`) ?? byShortName.get(`${layer}/${weight}`);
}

class Conversion {
  private readonly builder = new GraphBuilder(null, new Map());
  private readonly inputs: ValueInfo[] = [];
  private readonly weights: WeightLookup;

  constructor(weights: WeightLookup) {
    this.weights = weights;
  }

  finish(outputs: readonly string[]): Graph {
    return withRoles(this.builder.finish(this.inputs, outputs));
  }

  /** Values of a model's outputs; `given` are those of its inputs, `null` for the whole model. */
  model(config: LayerConfig, given: readonly string[] | null, depth: number): readonly string[] {
    if (depth > MAX_DEPTH) throw damaged('its models are nested too deeply');
    return config.className === 'Sequential'
      ? this.sequential(config, given, depth)
      : this.functional(config, given, depth);
  }

  private sequential(config: LayerConfig, given: readonly string[] | null, depth: number): readonly string[] {
    let values = given;
    for (const item of config.list('layers')) {
      const layer = new LayerConfig(item);
      if (layer.className === 'InputLayer') {
        values ??= [this.input(layer)];
        continue;
      }
      if (values === null && MODELS.has(layer.className)) values = this.model(layer, null, depth + 1);
      else values = this.call(layer, values ?? [this.input(layer)], depth);
    }
    if (values === null) throw damaged(`the model "${config.name}" has no layers`);
    return values;
  }

  private functional(config: LayerConfig, given: readonly string[] | null, depth: number): readonly string[] {
    const inputs = referencesOf(config, 'input_layers');
    const values = new Map<string, readonly string[]>();
    const find = ({ key, index }: { key: string; index: number }) => {
      const value = values.get(key)?.[index];
      if (value === undefined) throw damaged(`the model "${config.name}" lacks the value "${key}"`);
      return value;
    };
    for (const { key, layer, from } of callsOf(config)) {
      if (layer.className !== 'InputLayer') {
        values.set(key, this.call(layer, from.map(find), depth));
        continue;
      }
      const value = given?.[inputs.findIndex((input) => input.key === key)];
      if (given !== null && value === undefined) throw layer.refuse('is no input of its model');
      values.set(key, [value ?? this.input(layer)]);
    }
    return referencesOf(config, 'output_layers').map(find);
  }

  private call(config: LayerConfig, inputs: readonly string[], depth: number): readonly string[] {
    if (MODELS.has(config.className)) return this.model(config, inputs, depth + 1);
    const rule = LAYER_RULES.get(config.className);
    if (rule === undefined) throw config.refuse('is not supported');
    if (inputs.length === 0) throw config.refuse('has no input');
    return [rule(new Layer(config, inputs, this.builder, this.weights))];
  }

  private input(config: LayerConfig): string {
    const given = config.list('batch_input_shape').length > 0 ? 'batch_input_shape' : 'batch_shape';
    const shape = config.list(given).map((size): Dimension => (typeof size === 'number' ? size : null));
    if (shape.length === 0) throw config.refuse('has no input shape');
    if (!shape.every(isSize)) throw damaged(`the input "${config.name}" has the shape [${shape.join()}]`);
    const name = this.builder.isDefined(config.name) ? this.builder.fresh(config.name) : config.name;
    this.builder.define(name);
    this.builder.setShape(name, shape);
    const dtype = config.text('dtype', 'float32') === 'int32' ? 'int32' : 'float32';
    this.inputs.push({ name, dtype, shape });
    return name;
  }
}

function isSize(size: Dimension): boolean {
  return typeof size !== 'number' || (Number.isSafeInteger(size) && size >= 0);
}

/** @throws {EngineError} `model-unsupported` with all classes and layers that have no rule. */
function assertKnown(root: LayerConfig): void {
  const unknown: LayerConfig[] = [];
  const stack = [root];
  for (let config = stack.pop(); config !== undefined; config = stack.pop()) {
    if (MODELS.has(config.className))
      stack.push(...config.list('layers').map((layer) => new LayerConfig(layer)));
    else if (config.className !== 'InputLayer' && !LAYER_RULES.has(config.className)) unknown.push(config);
  }
  if (unknown.length === 0) return;
  const ops = [...new Set(unknown.map(({ className }) => className))].join(', ');
  const nodes = unknown
    .slice(0, 20)
    .map(({ name }) => name)
    .join(', ');
  throw new EngineError('model-unsupported', `Layers that are not supported: ${ops} (${nodes}).`, {
    ops,
    nodes,
  });
}
