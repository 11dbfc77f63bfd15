import type { ExportResult } from '../../src/testing/onnx/export-case.ts';
import type { CaseName } from './cases.ts';

/** Titles of columns and their widths; texts lean left, numbers right. */
const COLUMNS: readonly (readonly [title: string, width: number])[] = [
  ['', 6],
  ['model', 18],
  ['export', 22],
  ['nodes', 5],
  ['blocks', 6],
  ['output', 8],
  ['parameters', 10],
  ['gradient', 8],
  ['seconds', 7],
  ['not compared', 0],
];
const TEXTS = 3;

function line(cells: readonly string[]): string {
  return cells
    .map((cell, i) => {
      const width = COLUMNS[i]?.[1] ?? 0;
      return i < TEXTS ? cell.padEnd(width) : cell.padStart(width);
    })
    .join('  ')
    .trimEnd();
}

export const HEADING = line(COLUMNS.map(([title]) => title));

/** One case: greatest differences of outputs and gradients, and how many parameters have PyTorch's gradient. */
export function rowOf(name: CaseName, result: ExportResult | string, seconds: number): string {
  const { network, variant } = name;
  const time = seconds.toFixed(1);
  if (typeof result === 'string') return line(['FAILED', network, variant, '', '', '', '', '', time]);
  const { nodes, blocks, matched, unreached, fixed, folded, problems } = result;
  const left = [
    unreached.length > 0 ? `not reached: ${unreached.join(', ')}` : '',
    fixed.length > 0 ? `not trained by PyTorch: ${fixed.join(', ')}` : '',
    folded.length > 0 ? `folded by the tool: ${folded.length}` : '',
  ];
  return line([
    problems.length === 0 ? 'ok' : 'FAILED',
    network,
    variant,
    String(nodes),
    String(blocks),
    result.outputDifference.toExponential(1),
    String(matched),
    matched === 0 ? '-' : result.gradientDifference.toExponential(1),
    time,
    left.filter((text) => text !== '').join('; '),
  ]);
}
