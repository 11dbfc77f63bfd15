import { expect, test } from 'vitest';
import { GRADIENT_CASES } from '../../testing/gradients/cases.ts';
import { nameOf } from '../../testing/gradients/gradient-case.ts';
import { findOp, opNames } from './registry.ts';

const cases = Object.values(GRADIENT_CASES).flat();

/** Its gradient is on purpose not that of its steps; see the test of quantised values. */
const STRAIGHT_THROUGH = 'QuantizeLinear';

test('every differentiable operation has a case for its gradients', () => {
  const covered = new Set(cases.map(({ op }) => op));
  const differentiable = opNames().filter((name) => findOp(name)?.differentiable !== false);
  expect(differentiable.filter((name) => !covered.has(name))).toEqual([STRAIGHT_THROUGH]);
});

test('no case is of an operation that is said to have no gradient, and names do not repeat', () => {
  expect(cases.filter(({ op }) => findOp(op)?.differentiable === false)).toEqual([]);
  const names = cases.map(nameOf);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});
