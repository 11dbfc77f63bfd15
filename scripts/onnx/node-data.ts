import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConformanceCase } from '../../src/testing/onnx/conformance-case.ts';

/** Where Debian's `libonnx-testdata` puts the node tests of ONNX. */
export const NODE_DATA = '/usr/share/libonnx-testdata/data/node';

/** Names of all cases. @throws if the package is not installed. */
export function caseNames(folder = NODE_DATA): readonly string[] {
  if (!existsSync(folder))
    throw new Error(`${folder} is not there. Install it: apt-get install libonnx-testdata`);
  return readdirSync(folder).sort();
}

/** Reads the files of a case. */
export function readCase(name: string, folder = NODE_DATA): ConformanceCase {
  const at = join(folder, name);
  const read = (path: string) => new Uint8Array(readFileSync(path));
  const sets = readdirSync(at).filter((entry) => entry.startsWith('test_data_set_'));
  return {
    name,
    model: read(join(at, 'model.onnx')),
    sets: sets.map((set) => {
      const files = readdirSync(join(at, set));
      const numbered = (prefix: string) =>
        files
          .filter((file) => file.startsWith(prefix))
          .sort((a, b) => numberIn(a) - numberIn(b))
          .map((file) => read(join(at, set, file)));
      return { inputs: numbered('input_'), outputs: numbered('output_') };
    }),
  };
}

function numberIn(file: string): number {
  return Number(/\d+/.exec(file)?.[0] ?? 0);
}
