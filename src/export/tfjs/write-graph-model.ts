import { EngineError } from '../../core/errors.ts';
import type { Graph } from '../../graph/model/ir.ts';
import { inferShapes } from '../../graph/run/infer-shapes.ts';
import { GraphDef } from './graph-def.ts';
import { NodeContext, type WriteState } from './node-context.ts';
import { RULES } from './rules.ts';

export interface GraphModelOptions {
  readonly precision: 'float32' | 'float16';
  /** Goes into `model.json` as it is. */
  readonly metadata: unknown;
}

/** Sizes that are stored only by attributes of these would be lost. */
const FUSED = 'activation';

/**
 * A network of one picture in and one list of numbers per picture out, as a TensorFlow.js graph model: `model.json` and
 * the files of weights that it names.
 * @throws {EngineError} `model-unsupported` with the node that has no form there.
 */
export function writeGraphModel(graph: Graph, { precision, metadata }: GraphModelOptions) {
  const [input] = graph.inputs;
  const [output] = graph.outputs;
  if (input === undefined || input.shape === null || output === undefined) {
    throw new EngineError('model-unsupported', 'A network needs an input of known shape and an output.');
  }
  const def = new GraphDef(precision);
  const shape = input.shape.map((size) => (typeof size === 'number' ? size : null));
  const shapes = inferShapes(graph);
  const written = new Map([[input.name, def.placeholder(input.name, shape)]]);
  const state: WriteState = { def, parameters: graph.parameters, shapes, written };
  for (const node of graph.nodes) {
    const refuse = (reason: string) =>
      new EngineError(
        'model-unsupported',
        `TensorFlow.js cannot have ${node.op} "${node.name}": ${reason}.`,
        {
          ops: node.op,
          node: node.name,
        },
      );
    const rule = RULES.get(node.op);
    if (rule === undefined || FUSED in node.attributes) throw refuse('it is not known how to write it');
    try {
      written.set(node.outputs[0] ?? '', rule(new NodeContext(node, state)));
    } catch (thrown) {
      throw refuse(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }
  const last = written.get(output);
  if (last === undefined) throw new EngineError('model-unsupported', 'The network has no output.');
  const name = def.add('Identity', `${output}_out`, [last]);
  const classes = shapes.get(output)?.at(-1);
  const io = {
    input: written.get(input.name) ?? '',
    output: name,
    shape,
    classes: typeof classes === 'number' ? classes : 0,
  };
  return def.files(io, metadata);
}
