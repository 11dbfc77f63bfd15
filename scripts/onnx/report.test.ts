import { expect, test } from 'vitest';
import type { ConformanceResult } from '../../src/testing/onnx/conformance-case.ts';
import { countByOp, countOf, formatByOp } from './report.ts';

const result = (status: ConformanceResult['status'], ...ops: string[]): ConformanceResult => ({
  name: `test_${ops.join('_')}`,
  ops,
  status,
  reason: '',
});

const results = [result('passed', 'Add'), result('failed', 'Mul', 'Add'), result('unsupported', 'Bernoulli')];

test('a case counts for each operation of its model', () => {
  expect(countByOp(results).get('Add')).toEqual({ passed: 1, failed: 1, unsupported: 0 });
  expect(countOf(results, 'failed')).toBe(1);
});

test('the table has a line for each operation and a column for each back-end', () => {
  const lines = formatByOp(
    new Map([
      ['cpu', results],
      ['wasm', results.slice(0, 1)],
    ]),
  ).split('\n');
  expect(lines.map((line) => line.trim().split(/\s{2,}/))).toEqual([
    ['operation', 'cpu', 'wasm'],
    ['Add', '1 / 1 / 0', '1 / 0 / 0'],
    ['Bernoulli', '0 / 0 / 1', '-'],
    ['Mul', '0 / 1 / 0', '-'],
  ]);
});
