/** @file Reads, in the page, what `python/build.py` wrote. */
import type { DataType } from '../../src/graph/model/ir.ts';
import type { ExportCase, Numbers } from '../../src/testing/onnx/export-case.ts';

/** Where an array lies in the file of numbers. */
interface Place {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly offset: number;
}

interface Reference {
  readonly inputs: readonly { readonly name: string; readonly values: Place }[];
  readonly lossWeights: readonly Place[];
  readonly buffers: readonly string[];
  readonly parameters: readonly {
    readonly name: string;
    readonly values: Place;
    readonly gradient: Place | null;
    readonly fixed: boolean;
  }[];
}

interface Results {
  readonly outputs: readonly Place[];
  readonly complete: boolean;
  readonly rounding: number;
  readonly gradient: number | null;
  readonly output: number;
  readonly reference: boolean;
}

interface Described<T> {
  readonly json: T;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** @param network,variant Addresses of folders. */
export async function readExportCase(network: string, variant: string): Promise<ExportCase> {
  const [results, model] = await Promise.all([
    described(`${variant}/outputs`) as Promise<Described<Results>>,
    bytesAt(`${variant}/model.onnx`),
  ]);
  const owner = results.json.reference ? variant : network;
  const reference = (await described(`${owner}/reference`)) as Described<Reference>;
  const numbers = (place: Place) => readNumbers(reference.bytes, place);
  return {
    model,
    external: (location) => bytesAt(`${variant}/${location}`),
    inputs: reference.json.inputs.map(({ name, values }) => ({ name, ...numbers(values) })),
    outputs: results.json.outputs.map((place) => readNumbers(results.bytes, place)),
    buffers: reference.json.buffers,
    complete: results.json.complete,
    rounding: results.json.rounding,
    gradientTolerance: results.json.gradient,
    outputTolerance: results.json.output,
    lossWeights: reference.json.lossWeights.map((place) => numbers(place).values),
    parameters: reference.json.parameters.map(({ name, values, gradient, fixed }) => ({
      name,
      fixed,
      shape: values.shape,
      values: numbers(values).values,
      gradient: gradient === null ? null : numbers(gradient).values,
    })),
  };
}

async function described(path: string): Promise<Described<unknown>> {
  const [json, bytes] = await Promise.all([bytesAt(`${path}.json`), bytesAt(`${path}.bin`)]);
  return { json: JSON.parse(new TextDecoder().decode(json)) as unknown, bytes };
}

async function bytesAt(address: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function readNumbers({ buffer }: Uint8Array<ArrayBuffer>, { dtype, shape, offset }: Place): Numbers {
  const length = shape.reduce((product, size) => product * size, 1);
  if (dtype === 'float32') return { dtype, shape, values: new Float32Array(buffer, offset, length) };
  if (dtype === 'int64') {
    return { dtype, shape, values: Float32Array.from(new BigInt64Array(buffer, offset, length), Number) };
  }
  throw new Error(`The cases hold no ${dtype}.`);
}
