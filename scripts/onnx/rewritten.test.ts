/**
 * @file Every model of the ONNX node tests that is imported here is written again; the ONNX runtime then runs the written
 * file against the expected outputs. What the runtime cannot do with the original either says nothing about the writer.
 */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { TensorData } from '../../src/graph/model/ir.ts';
import { importOnnx } from '../../src/graph/onnx/import-onnx.ts';
import { readModelProto, readTensorProto } from '../../src/graph/onnx/proto.ts';
import { tensorData } from '../../src/graph/onnx/tensors.ts';
import { joinedFile, writeOnnx } from '../../src/graph/onnx/write-onnx.ts';
import { difference, runInOrt } from '../../src/testing/onnx/ort.ts';
import { caseNames, NODE_DATA, readCase } from './node-data.ts';

/** As the runner of ONNX compares. */
const TOLERANCE = 1e-3;

/** Cases of forms that the IR has no longer: a Scan of version 8, which had a batch of its own. */
const OLD_FORMS = new Set(['test_scan_sum']);

type Outcome = 'written' | 'not imported' | 'not tensors' | 'not in the runtime';

async function rewritten(name: string): Promise<Outcome | { readonly problem: string }> {
  const files = readCase(name);
  const graph = await importOnnx(files.model).catch(() => null);
  if (graph === null) return 'not imported';
  const proto = readModelProto(files.model).graph;
  const [set] = files.sets;
  if (proto === null || set === undefined) return 'not imported';
  if ([...proto.inputs, ...proto.outputs].some(({ type }) => type?.kind !== 'tensor')) return 'not tensors';
  const read = (bytes: Uint8Array): TensorData => tensorData(readTensorProto(bytes), () => null);
  const feeds = Object.fromEntries(set.inputs.map((bytes, i) => [proto.inputs[i]?.name ?? '', read(bytes)]));
  const worst = async (file: Uint8Array) => {
    const found = await runInOrt(file, feeds);
    const apart = set.outputs.map((bytes, i) => {
      const value = found.get(proto.outputs[i]?.name ?? '');
      return value === undefined ? Infinity : difference(value, read(bytes));
    });
    return Math.max(...apart);
  };
  try {
    const apart = await worst(joinedFile(writeOnnx(graph)));
    if (apart <= TOLERANCE) return 'written';
    throw new Error(`differs by ${apart}`);
  } catch (thrown) {
    const own = await worst(files.model).catch(() => Infinity);
    return own > TOLERANCE ? 'not in the runtime' : { problem: `${name}: ${String(thrown)}` };
  }
}

test.skipIf(!existsSync(NODE_DATA))(
  'node tests of ONNX that are imported here come out of the writer as they went in',
  { timeout: 240_000 },
  async () => {
    const counts = new Map<Outcome, number>();
    const problems: string[] = [];
    for (const name of caseNames().filter((one) => !OLD_FORMS.has(one))) {
      const outcome = await rewritten(name);
      if (typeof outcome === 'string') counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      else problems.push(outcome.problem);
    }
    console.log(
      `Node tests written again: ${[...counts].map(([what, count]) => `${count} ${what}`).join(', ')}.`,
    );
    expect(problems).toEqual([]);
    expect(counts.get('written')).toBeGreaterThanOrEqual(860);
  },
);

if (!existsSync(NODE_DATA)) console.log(`Node tests of ONNX not written again: ${NODE_DATA} is not there.`);
