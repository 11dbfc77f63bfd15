import { EngineError } from '../../core/errors.ts';
import type { ExportPrecision } from '../../core/export.ts';
import type { Graph } from '../../graph/model/ir.ts';
import { inferShapes } from '../../graph/run/infer-shapes.ts';
import { LayerContext, type LayersState } from './layer-context.ts';
import { LayersModel } from './layers-model.ts';
import { LAYER_FORMS } from './rules.ts';

/** A linear map of pixels before the network: `pixel = value * scale + shift`. */
export interface PixelMap {
  readonly scale: number;
  readonly shift: number;
}

/** What a fused network has, of which the layers would know nothing. */
const FUSED = 'activation';

/**
 * A network of one picture in and one list of numbers per picture out, as a layers model of TensorFlow.js.
 * @param pixels From what the model is given to what the network expects.
 * @throws {EngineError} `export-operation` with the step that has no form in layers.
 */
export function writeLayersModel(graph: Graph, precision: ExportPrecision, pixels: PixelMap) {
  const [input] = graph.inputs;
  const [output] = graph.outputs;
  if (input === undefined || input.shape === null || output === undefined) {
    throw new EngineError('model-unsupported', 'A network needs an input of known shape and an output.');
  }
  const model = new LayersModel(precision === 'float16');
  const sizes = input.shape.slice(1).map((size) => (typeof size === 'number' ? size : null));
  const given = model.input([null, ...sizes]);
  const written: LayersState['written'] = new Map();
  const state: LayersState = { model, written, parameters: graph.parameters, shapes: inferShapes(graph) };
  const channels = sizes.at(-1) ?? 0;
  const filled = (value: number) => new Float32Array(channels).fill(value);
  const before = new LayerContext(
    { name: '', op: '', inputs: [], outputs: [input.name], attributes: {} },
    state,
  );
  written.set(input.name, before.affine(given, filled(pixels.scale), filled(pixels.shift)));
  for (const node of graph.nodes) {
    const rule = LAYER_FORMS.get(node.op);
    try {
      if (rule === undefined || FUSED in node.attributes) throw new Error('it is not known how to write it');
      written.set(node.outputs[0] ?? '', rule(new LayerContext(node, state)));
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      throw new EngineError('export-operation', `Layers cannot have ${node.op} "${node.name}": ${reason}.`, {
        op: node.op,
        node: node.name,
        format: 'Teachable Machine',
      });
    }
  }
  const last = written.get(output);
  if (last === undefined) throw new EngineError('model-unsupported', 'The network has no output.');
  return model.files(given, last);
}
