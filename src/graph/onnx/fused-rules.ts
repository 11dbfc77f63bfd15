/**
 * @file Operations that onnxruntime makes when it saves what it optimised, taken apart again: passes of our own join what
 * runs faster joined. Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md.
 */
import { type GraphBuilder, type SourceNode } from '../importing/builder.ts';
import { unsupported } from '../importing/errors.ts';
import type { Attribute, Attributes } from '../model/ir.ts';

/** The operation, what is then added to it, and the activation as nodes of their own. */
export function takenApart(
  node: SourceNode,
  builder: GraphBuilder,
  base: string,
  summand: string | null,
  rule: (node: SourceNode, builder: GraphBuilder) => void,
): void {
  const [output = ''] = node.outputs;
  const { activation, ...attributes } = node.attributes;
  const steps = [
    ...(summand === null ? [] : ['Add']),
    ...(typeof activation === 'string' ? ['activation'] : []),
  ];
  const names = steps.map(() => builder.fresh(output));
  const results = [...names, output];
  rule({ ...node, op: base, outputs: [results[0] as string], attributes: plain(attributes) }, builder);
  const rank = builder.rank(output);
  for (const name of names) if (rank !== null) builder.setShape(name, new Array<null>(rank).fill(null));
  steps.forEach((step, index) => {
    const [from, to] = [results[index] as string, results[index + 1] as string];
    if (step === 'Add') builder.node({ name: `${node.name}/sum` }, 'Add', [from, summand], [to]);
    else activate(node, builder, from, to);
  });
}

function plain(attributes: Readonly<Record<string, Attribute>>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !name.startsWith('activation')));
}

function activate(node: SourceNode, builder: GraphBuilder, from: string, to: string): void {
  const {
    activation,
    activation_params: given,
    activation_alpha: alpha,
    activation_beta: beta,
  } = node.attributes;
  const params = Array.isArray(given)
    ? (given as number[])
    : [alpha, beta].filter((x) => typeof x === 'number');
  const source = { name: `${node.name}/activation` };
  switch (activation) {
    case 'Relu':
    case 'Sigmoid':
    case 'Tanh':
      builder.node(source, activation, [from], [to]);
      return;
    case 'LeakyRelu':
      builder.node(source, activation, [from], [to], { alpha: params[0] ?? 0.01 });
      return;
    case 'HardSigmoid':
      builder.node(source, activation, [from], [to], { alpha: params[0] ?? 0.2, beta: params[1] ?? 0.5 });
      return;
    case 'Clip': {
      const limits = params.map((limit) => builder.scalar(limit, `${node.name}/limit`));
      builder.node(source, activation, [from, ...limits], [to]);
      return;
    }
    default:
      throw unsupported(node, `has the activation ${typeof activation === 'string' ? activation : '?'}`);
  }
}
