/** @file What operations refuse at import: of what a file may ask of them, whatever is not computed here. */
import type { Attribute } from '../model/ir.ts';
import type { Op } from './op.ts';

/** What is computed of an operation whose domain grows without versions. Everything else that a node has is refused. */
export interface Computed {
  readonly attributes?: readonly string[];
  /** How many of the inputs, from the first. */
  readonly inputs: number;
  /** Positions of outputs. Default: the first only. */
  readonly outputs?: readonly number[];
}

/** Attributes that are zero are switched off. Returns the first thing that a node has and that is not computed. */
export function onlyComputed({
  attributes = [],
  inputs,
  outputs = [0],
}: Computed): NonNullable<Op['refuse']> {
  return (node) => {
    const attribute = Object.entries(node.attributes).find(
      ([name, value]) => !attributes.includes(name) && value !== 0,
    );
    if (attribute !== undefined) return `has ${attribute[0]} ${told(attribute[1])}`.trimEnd();
    const input = node.inputs.findIndex((name, index) => index >= inputs && name !== null);
    if (input !== -1) return `has an input ${input}`;
    const output = node.outputs.findIndex((name, index) => name !== '' && !outputs.includes(index));
    return output === -1 ? null : `gives out its result ${output}`;
  };
}

function told(value: Attribute): string {
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}

/** The first reason of several checks. */
export function refuseAny(...checks: readonly NonNullable<Op['refuse']>[]): NonNullable<Op['refuse']> {
  return (node) => {
    for (const check of checks) {
      const reason = check(node);
      if (reason !== null) return reason;
    }
    return null;
  };
}
