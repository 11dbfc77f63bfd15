import { expect, test } from 'vitest';
import { toyMobileNet } from '../testing/toy-model.ts';
import { findCuts, proposeBlocks } from './cuts.ts';
import type { Graph, Node, Parameter } from './model/ir.ts';

/** Rows `output: op input input`. Names in capitals are parameters. */
function graph(rows: readonly string[], outputs: string[], inputs = ['x']): Graph {
  const parameters = new Map<string, Parameter>();
  const nodes = rows.map((row): Node => {
    const [output = '', op = '', ...from] = row.split(/[: ]+/);
    for (const name of from.filter((known) => /^[A-Z]/.test(known))) {
      parameters.set(name, {
        name,
        role: 'weight',
        dtype: 'float32',
        shape: [2, 2],
        data: new Float32Array(4),
      });
    }
    return { name: output, op, inputs: from, outputs: [output], attributes: {} };
  });
  return {
    inputs: inputs.map((name) => ({ name, dtype: 'float32', shape: null })),
    outputs,
    nodes,
    parameters,
  };
}

const valuesOf = (g: Graph, output?: string) => findCuts(g, output).map(({ value }) => value);

test('every value of a chain is a cut', () => {
  expect(valuesOf(graph(['a: Relu x', 'b: MatMul a W', 'c: Relu b'], ['c']))).toEqual(['a', 'b', 'c']);
});

test('nothing within a diamond is', () => {
  const g = graph(['a: Relu x', 'l: Relu a', 'r: Tanh a', 'm: Relu l', 'j: Add m r', 'k: Relu j'], ['k']);
  expect(valuesOf(g)).toEqual(['a', 'j', 'k']);
});

test('a shortcut over everything leaves only the end', () => {
  expect(valuesOf(graph(['a: Relu x', 'b: Relu a', 'c: Add b x'], ['c']))).toEqual(['c']);
});

test('sizes of an earlier value keep it alive', () => {
  const g = graph(['s: Shape x', 'a: Relu x', 'b: Relu a', 'c: Reshape b s', 'd: Relu c'], ['d']);
  expect(valuesOf(g)).toEqual(['c', 'd']);
});

test('what depends on no input, or is not needed, does not count', () => {
  const g = graph(['w: Neg W', 'a: Relu x', 'z: Tanh a', 'b: MatMul a w', 'q: Relu z'], ['b', 'q']);
  expect(valuesOf(g)).toEqual(['a', 'b']);
  expect(valuesOf(g, 'q')).toEqual(['a', 'z', 'q']);
});

test('two inputs meet before the first cut', () => {
  expect(valuesOf(graph(['a: Relu x', 'b: Add a y', 'c: Relu b'], ['c'], ['x', 'y']))).toEqual(['b', 'c']);
});

/** Dominators by their definition: without the value, the output cannot be reached from the input. */
function dominators(g: Graph): string[] {
  const reaches = (without: string) => {
    const seen = new Set(['x'].filter((name) => name !== without));
    for (const node of g.nodes) {
      const [output = ''] = node.outputs;
      if (output !== without && node.inputs.some((name) => name !== null && seen.has(name))) seen.add(output);
    }
    return seen.has(g.outputs[0] ?? '');
  };
  return g.nodes.flatMap(({ outputs: [output = ''] }) => (reaches(output) ? [] : [output]));
}

test('random graphs: the cuts are the dominators', () => {
  let state = 5;
  const below = (limit: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  for (let round = 0; round < 200; round++) {
    const rows: string[] = [];
    const names = ['x'];
    for (let i = 0; i < 12; i++) {
      const near = () => names[Math.max(0, names.length - 1 - below(3))] ?? 'x';
      rows.push(below(2) === 0 ? `n${i}: Relu ${near()}` : `n${i}: Add ${near()} ${near()}`);
      names.push(`n${i}`);
    }
    const g = graph(rows, ['n11']);
    expect(valuesOf(g)).toEqual(dominators(g));
  }
});

test('a MobileNet gives one block for each of its own, with the parameters between the cuts', () => {
  const g = toyMobileNet(16, [2, 1, 1, 2, 1, 1, 1, 2, 1]);
  const blocks = proposeBlocks(g);
  expect(blocks.map(({ name }) => name)).toEqual([
    'stem',
    ...Array.from({ length: 9 }, (_, i) => `blocks.${i}`),
    'last',
  ]);
  // Expand 32 + 2 * 8, depthwise 72 + 2 * 8, project 32 + 2 * 4.
  expect(blocks[1]).toMatchObject({ parameterCount: 176, value: 'blocks.0.project/bn' });
  expect(blocks[2]?.value).toBe('blocks.1/sum');
  expect(blocks[1]?.parameters).toContain('blocks.0.expand.conv.weight');
  expect(blocks[1]?.parameters).not.toContain('blocks.0.expand.bn.mean');
  const all = [...g.parameters.values()].filter(({ role }) => !role.startsWith('running'));
  expect(blocks.flatMap(({ parameters }) => parameters).sort()).toEqual(all.map(({ name }) => name).sort());
});

test('without names the shortcuts decide, and there are never too many blocks', () => {
  const g = toyMobileNet(
    16,
    Array.from({ length: 30 }, () => 1 as const),
    false,
  );
  const blocks = proposeBlocks(g);
  expect(blocks.length).toBeGreaterThan(10);
  expect(blocks.length).toBeLessThanOrEqual(24);
  expect(blocks.flatMap(({ nodes }) => nodes)).toEqual(g.nodes);
});
