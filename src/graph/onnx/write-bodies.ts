import type { Node } from '../model/ir.ts';
import type { Fact } from './write-facts.ts';

const COUNT: Fact = { kind: 'tensor', dtype: 'int64', shape: [] };
const CONDITION: Fact = { kind: 'tensor', dtype: 'bool', shape: [] };

/** What is known of the inputs of a node's body. What a loop carries may change its shape from turn to turn. */
export function bodyInputs({ op, attributes }: Node, given: readonly Fact[]): readonly Fact[] {
  switch (op) {
    case 'Loop':
      return [COUNT, CONDITION, ...given.slice(2).map((fact): Fact => ({ ...fact, shape: null }))];
    case 'Scan': {
      const scanned = Number(attributes['num_scan_inputs'] ?? 0);
      const axes = attributes['scan_input_axes'] as readonly number[] | undefined;
      const carried = given.length - scanned;
      return given.map((fact, i) => {
        if (i < carried || fact.shape === null) return { ...fact, shape: i < carried ? fact.shape : null };
        const axis = axes?.[i - carried] ?? 0;
        const positive = axis < 0 ? axis + fact.shape.length : axis;
        return { ...fact, shape: fact.shape.filter((_, at) => at !== positive) };
      });
    }
    case 'SequenceMap':
      return given.map((fact) =>
        fact.kind === 'sequence' ? { ...fact, kind: 'tensor', shape: null } : fact,
      );
    default:
      return [];
  }
}

/** What is known of a node's outputs from the results of its body; shapes are not. */
export function bodyResults({ op }: Node, results: readonly Fact[]): readonly Fact[] {
  switch (op) {
    case 'Loop':
      return results.slice(1);
    case 'SequenceMap':
      return results.map((fact) => ({ ...fact, kind: 'sequence' }));
    default:
      return results;
  }
}
