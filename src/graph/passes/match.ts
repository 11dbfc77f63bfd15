/** @file Recognising how exporters write one function as many nodes: patterns over the nodes that make a value. */
import type { Node } from '../model/ir.ts';
import type { Rewriting } from './rewriting.ts';

/** Values by the names that a pattern gives them. */
export type Found = ReadonlyMap<string, string>;

/** Tries to read a value as a pattern; `null` if it is something else. */
export type Pattern = (value: string, found: Found, rewriting: Rewriting) => Found | null;

/** Operations whose inputs may come in either order. */
const COMMUTATIVE = new Set(['Add', 'Mul']);

/** Numbers of exporters are rounded to float32, or to fewer digits. */
const TOLERANCE = 2e-4;

/** Any value; the same one wherever the name occurs again. */
export function some(name: string): Pattern {
  return (value, found, rewriting) => {
    const real = rewriting.resolve(value);
    const known = found.get(name);
    if (known !== undefined) return known === real ? found : null;
    return new Map([...found, [name, real]]);
  };
}

/** A constant number. */
export function number(expected: number): Pattern {
  return (value, found, rewriting) => {
    const actual = rewriting.number(value);
    return actual !== null && Math.abs(actual - expected) <= TOLERANCE * Math.abs(expected) ? found : null;
  };
}

/** A parameter (constant or not) with one axis. */
export function vector(name: string): Pattern {
  return (value, found, rewriting) =>
    rewriting.parameter(value)?.shape.length === 1 ? some(name)(value, found, rewriting) : null;
}

/** Under this name is what the whole pattern makes. */
const WHOLE = '';

/** Reads a value as a pattern; `null` if it is something else. */
export function matched(pattern: Pattern, value: string, rewriting: Rewriting): Found | null {
  return pattern(value, new Map([[WHOLE, value]]), rewriting);
}

/**
 * The result of an operation of as many inputs as patterns are given. Nothing is looked for behind a value that is kept:
 * the network may run from there, and what made the value is not at hand then.
 */
export function op(
  kind: string,
  inputs: readonly Pattern[],
  check?: (node: Node, rewriting: Rewriting) => boolean,
): Pattern {
  return (value, found, rewriting) => {
    const node = rewriting.maker(value);
    if (node?.op !== kind || node.inputs.length < inputs.length) return null;
    const real = rewriting.resolve(value);
    if (rewriting.isFixed(real) && found.get(WHOLE) !== real) return null;
    if (check?.(node, rewriting) === false) return null;
    const orders = COMMUTATIVE.has(kind) ? [inputs, inputs.toReversed()] : [inputs];
    for (const order of orders) {
      const result = order.reduce<Found | null>((so, pattern, i) => {
        const input = node.inputs[i] ?? null;
        return so === null || input === null ? null : pattern(input, so, rewriting);
      }, found);
      if (result !== null) return result;
    }
    return null;
  };
}

/** The first pattern that fits. */
export function either(...patterns: readonly Pattern[]): Pattern {
  return (value, found, rewriting) => {
    for (const pattern of patterns) {
      const result = pattern(value, found, rewriting);
      if (result !== null) return result;
    }
    return null;
  };
}
