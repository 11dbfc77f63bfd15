import type { Attributes, Graph, Node } from '../model/ir.ts';
import { either, type Found, matched, number, op, type Pattern, some, vector } from './match.ts';
import { type PassOptions, Rewriting } from './rewriting.ts';

/** One operation in place of many. */
interface Recognised {
  readonly op: string;
  readonly inputs: readonly (string | null)[];
  readonly attributes?: Attributes;
}

interface Recogniser {
  /** Operation of the last node. */
  readonly last: string;
  readonly pattern: Pattern;
  readonly make: (found: Found, rewriting: Rewriting) => Recognised | null;
}

const x = some('x');
const times = (a: Pattern, b: Pattern) => op('Mul', [a, b]);
const plus = (a: Pattern, b: Pattern) => op('Add', [a, b]);
const halved = (inner: Pattern) =>
  either(
    times(times(x, inner), number(0.5)),
    times(times(x, number(0.5)), inner),
    times(x, times(inner, number(0.5))),
  );
const of = (name: string, found: Found): string => found.get(name) ?? '';

/** `relu6(x + 3)`. */
const six = op('Clip', [plus(x, number(3)), number(0), number(6)]);

const isHardSwishGate = ({ attributes }: Node) =>
  Math.abs(Number(attributes['alpha'] ?? 0.2) - 1 / 6) < 1e-3 && Number(attributes['beta'] ?? 0.5) === 0.5;

const erf = plus(
  op('Erf', [either(op('Div', [x, number(Math.SQRT2)]), times(x, number(Math.SQRT1_2)))]),
  number(1),
);

const cube = either(op('Pow', [x, number(3)]), times(times(x, x), x));
const bent = either(
  times(plus(x, times(cube, number(0.044715))), number(Math.sqrt(2 / Math.PI))),
  times(
    times(x, number(Math.sqrt(2 / Math.PI))),
    plus(either(times(times(x, number(0.044715)), x), times(times(x, x), number(0.044715))), number(1)),
  ),
);
const tanh = plus(op('Tanh', [bent]), number(1));

/** A mean over the last axis, which is kept. */
const meanOf = (inner: Pattern): Pattern =>
  op('ReduceMean', [inner], ({ inputs, attributes }, rewriting) => {
    const axes = rewriting.numbers(inputs[1]) ?? attributes['axes'];
    return Array.isArray(axes) && axes.length === 1 && axes[0] === -1 && attributes['keepdims'] !== 0;
  });

const centred = op('Sub', [x, meanOf(x)]);
const variance = meanOf(either(op('Pow', [centred, number(2)]), times(centred, centred)));
const deviation = op('Sqrt', [plus(variance, some('epsilon'))]);
const normal = either(op('Div', [centred, deviation]), times(centred, op('Reciprocal', [deviation])));

const RECOGNISERS: readonly Recogniser[] = [
  ...['Div', 'Mul'].map((last): Recogniser => ({
    last,
    pattern: either(op('Div', [six, number(6)]), times(six, number(1 / 6))),
    make: (found) => ({
      op: 'HardSigmoid',
      inputs: [of('x', found)],
      attributes: { alpha: 1 / 6, beta: 0.5 },
    }),
  })),
  ...['Div', 'Mul'].map((last): Recogniser => ({
    last,
    pattern: either(
      times(x, op('HardSigmoid', [x], isHardSwishGate)),
      op('Div', [times(x, six), number(6)]),
      times(times(x, six), number(1 / 6)),
    ),
    make: (found) => ({ op: 'HardSwish', inputs: [of('x', found)] }),
  })),
  {
    last: 'Mul',
    pattern: times(x, op('Sigmoid', [x])),
    make: (found) => ({ op: 'Swish', inputs: [of('x', found)], attributes: { alpha: 1 } }),
  },
  { last: 'Mul', pattern: halved(erf), make: (found) => ({ op: 'Gelu', inputs: [of('x', found)] }) },
  {
    last: 'Mul',
    pattern: halved(tanh),
    make: (found) => ({ op: 'Gelu', inputs: [of('x', found)], attributes: { approximate: 'tanh' } }),
  },
  {
    last: 'Add',
    pattern: plus(times(normal, vector('gamma')), vector('beta')),
    make: (found, rewriting) => {
      const epsilon = rewriting.number(of('epsilon', found));
      if (epsilon === null) return null;
      const inputs = [of('x', found), of('gamma', found), of('beta', found)];
      return { op: 'LayerNormalization', inputs, attributes: { axis: -1, epsilon } };
    },
  },
];

/**
 * One operation, with one cheap gradient, in place of what exporters write out: HardSigmoid, HardSwish, Swish (SiLU),
 * Gelu in both forms, LayerNormalization.
 */
export function recognised(graph: Graph, options: PassOptions): Graph {
  const rewriting = new Rewriting(graph, options);
  for (const node of graph.nodes) {
    rewriting.copy(node);
    const [output = ''] = node.outputs;
    const found = firstMatch(node, output, rewriting);
    if (found !== null) rewriting.replace(output, { ...node, ...found, attributes: found.attributes ?? {} });
  }
  return rewriting.finish();
}

function firstMatch(node: Node, output: string, rewriting: Rewriting): Recognised | null {
  for (const { last, pattern, make } of RECOGNISERS) {
    if (node.op !== last) continue;
    const found = matched(pattern, output, rewriting);
    const made = found === null ? null : make(found, rewriting);
    if (made !== null) return made;
  }
  return null;
}
