import { EngineError } from '../core/errors.ts';
import type { Graph, Node, Parameter } from './model/ir.ts';

export interface TextTrunkOptions {
  /** Pieces of the longest text; what lies behind is not read. */
  readonly length: number;
}

/** Of the inputs of the Universal Sentence Encoder: where each piece stands (text, place), and which it is. */
const PLACES = 'indices';
const PIECES = 'values';

/**
 * A network that takes the pieces of texts as a sparse matrix as a trunk: `[N, length]` in, where 0 is no piece and
 * `id + 1` is one. A batch costs what its longest text costs, however long `length` is. No text may be without a piece.
 * @throws {EngineError} `model-unsupported` if the network has other inputs.
 */
export function asTextTrunk(graph: Graph, { length }: TextTrunkOptions): Graph {
  const names = graph.inputs.map(({ name }) => name);
  if (names.length !== 2 || !names.includes(PLACES) || !names.includes(PIECES)) {
    throw new EngineError(
      'model-unsupported',
      `A network for texts takes ${PLACES} and ${PIECES}, this one takes ${names.join(', ')}.`,
    );
  }
  const scalar = (name: string, value: number): Parameter => ({
    name: `text/${name}`,
    role: 'constant',
    dtype: 'int32',
    shape: [],
    data: Int32Array.of(value),
  });
  const [none, one] = [scalar('none', 0), scalar('one', 1)];
  const nodes = [
    node('Cast', ['text'], 'text/pieces', { to: 'int32' }),
    node('Greater', ['text/pieces', none.name], 'text/isPiece'),
    node('NonZero', ['text/isPiece'], 'text/places'),
    node('Transpose', ['text/places'], 'text/rows', { perm: [1, 0] }),
    node('Cast', ['text/rows'], PLACES, { to: 'int32' }),
    node('GatherND', ['text/pieces', PLACES], 'text/values'),
    node('Sub', ['text/values', one.name], PIECES),
  ];
  return {
    inputs: [{ name: 'text', dtype: 'float32', shape: [null, length] }],
    outputs: graph.outputs,
    nodes: [...nodes, ...graph.nodes],
    parameters: new Map([...graph.parameters, [none.name, none], [one.name, one]]),
  };
}

function node(op: string, inputs: string[], output: string, attributes: Node['attributes'] = {}): Node {
  return { name: output, op, inputs, outputs: [output], attributes };
}
