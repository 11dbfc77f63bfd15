/** @file Puts together the `model.json` of a TensorFlow.js graph model and its weights. */
import { encodeFloat16 } from '../../core/float16.ts';

/** Attributes as the JSON form of `tensorflow.AttrValue` has them. */
export type AttrValue =
  | { readonly type: 'DT_FLOAT' | 'DT_INT32' }
  | { readonly i: string }
  | { readonly f: number }
  | { readonly b: boolean }
  | { readonly s: string }
  | { readonly list: { readonly i: readonly string[] } }
  | { readonly shape: { readonly dim: readonly { readonly size: string }[] } };

export interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr: Readonly<Record<string, AttrValue>>;
}

interface WeightEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly quantization?: { readonly dtype: 'float16'; readonly original_dtype: 'float32' };
}

/** Smaller tensors (biases, statistics) stay as they are: they weigh nothing, and rounding them costs most. */
const SMALLEST_HALVED = 1024;
/** Bytes of one file of weights: what browsers cache well, as the field's converter has it. */
const SHARD_BYTES = 4 * 1024 * 1024;

/** Nodes and weights of one model, in the order in which they are added. */
export class GraphDef {
  readonly nodes: NodeDef[] = [];
  private readonly weights: WeightEntry[] = [];
  private readonly pieces: Uint8Array<ArrayBuffer>[] = [];
  private readonly taken = new Set<string>();
  private readonly halve: boolean;

  constructor(precision: 'float32' | 'float16') {
    this.halve = precision === 'float16';
  }

  /** A name like the wanted one that no node has: TensorFlow allows fewer signs than other formats do. */
  fresh(wanted: string): string {
    const plain = wanted.replace(/[^A-Za-z0-9_./-]/g, '_').replace(/^[^A-Za-z0-9.]/, 'n$&') || 'node';
    let name = plain;
    for (let i = 2; this.taken.has(name); i++) name = `${plain}_${i}`;
    this.taken.add(name);
    return name;
  }

  /** @returns the name of the node. */
  add(op: string, wanted: string, input: readonly string[], attr: NodeDef['attr'] = {}): string {
    const name = this.fresh(wanted);
    this.nodes.push({ name, op, input, attr: { T: { type: 'DT_FLOAT' }, ...attr } });
    return name;
  }

  placeholder(wanted: string, shape: readonly (number | null)[]): string {
    const name = this.fresh(wanted);
    this.nodes.push({
      name,
      op: 'Placeholder',
      attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: dimensions(shape) } },
    });
    return name;
  }

  /** A constant of the weights file. */
  constant(wanted: string, values: Float32Array | Int32Array, shape: readonly number[]): string {
    const name = this.fresh(wanted);
    const isFloat = values instanceof Float32Array;
    const type = isFloat ? 'DT_FLOAT' : 'DT_INT32';
    this.nodes.push({ name, op: 'Const', attr: { dtype: { type } } });
    const halved = isFloat && this.halve && values.length >= SMALLEST_HALVED;
    this.weights.push({
      ...{ name, shape, dtype: isFloat ? 'float32' : 'int32' },
      ...(halved && { quantization: { dtype: 'float16', original_dtype: 'float32' } }),
    });
    this.pieces.push(halved ? encodeFloat16(values) : bytesOfValues(values));
    return name;
  }

  ints(wanted: string, values: readonly number[]): string {
    return this.constant(wanted, Int32Array.from(values), [values.length]);
  }

  number(wanted: string, value: number): string {
    return this.constant(wanted, Float32Array.of(value), []);
  }

  /** The files: `model.json` as text, and the shards. */
  files(
    io: {
      readonly input: string;
      readonly output: string;
      readonly shape: readonly (number | null)[];
      readonly classes: number;
    },
    metadata: unknown,
  ): { readonly json: string; readonly shards: readonly { readonly path: string; readonly blob: Blob }[] } {
    const whole = new Blob(this.pieces);
    const count = Math.max(1, Math.ceil(whole.size / SHARD_BYTES));
    const shards = Array.from({ length: count }, (_, i) => ({
      path: `group1-shard${i + 1}of${count}.bin`,
      blob: whole.slice(i * SHARD_BYTES, (i + 1) * SHARD_BYTES),
    }));
    const info = (name: string, shape: readonly (number | null)[]) => ({
      name: `${name}:0`,
      dtype: 'DT_FLOAT',
      tensorShape: dimensions(shape),
    });
    const json = JSON.stringify({
      format: 'graph-model',
      generatedBy: 'Graft',
      convertedBy: 'Graft',
      signature: {
        inputs: { [io.input]: info(io.input, io.shape) },
        outputs: { [io.output]: info(io.output, [null, io.classes]) },
      },
      userDefinedMetadata: metadata,
      modelTopology: { node: this.nodes, library: {}, versions: { producer: 1482 } },
      weightsManifest: [{ paths: shards.map(({ path }) => path), weights: this.weights }],
    });
    return { json, shards };
  }
}

function dimensions(shape: readonly (number | null)[]) {
  return { dim: shape.map((size) => ({ size: String(size ?? -1) })) };
}

function bytesOfValues(values: Float32Array | Int32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values.slice().buffer);
}

/** A text of an attribute. */
export function attrText(value: string): AttrValue {
  return { s: btoa(value) };
}

export function attrInts(values: readonly number[]): AttrValue {
  return { list: { i: values.map(String) } };
}
