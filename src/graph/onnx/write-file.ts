/** @file What all graphs of one file share: names, constants, and the element types that the file is written with. */
import type { DataType, Graph, TensorData } from '../model/ir.ts';
import { fromNumbers, isFloat, toComputeValues, toNumbers } from '../model/tensor-data.ts';
import { isGraph } from '../ops/call.ts';
import type { MessageWriter } from './write-message.ts';
import { tensorMessage } from './write-tensor.ts';

/**
 * Element types of the file. `keep`: as in the graph. `float32`: all floats are 32 bits wide. `float16`: computed as
 * with `float32`, but weights are stored in half the bytes, with a Cast behind each.
 */
export type OnnxPrecision = 'keep' | 'float32' | 'float16';

/** Shorter constants gain nothing by being stored as halves; statistics and biases keep their precision. */
const LEAST_HALVED = 256;
/** The largest finite half float. */
const LARGEST_HALF = 65504;

/** The file under construction. */
export class OnnxFileWriter {
  readonly opset: number;
  readonly initializers: MessageWriter[] = [];
  /** Casts of halved weights: written before all other nodes. */
  readonly casts: { readonly from: string; readonly to: string }[] = [];
  /** Domains of operations beside the standard one. */
  readonly domains = new Set<string>();
  private readonly precision: OnnxPrecision;
  private readonly taken = new Set<string>();
  private readonly known = new Map<string, string>();

  constructor(graph: Graph, opset: number, precision: OnnxPrecision) {
    this.opset = opset;
    this.precision = precision;
    this.reserve(graph);
  }

  /** The element type that a value of the graph has in the file. */
  fileType(dtype: DataType): DataType {
    return this.precision !== 'keep' && isFloat(dtype) ? 'float32' : dtype;
  }

  /** A name that no value of the graph has. */
  fresh(near: string): string {
    let name = near;
    for (let i = 1; this.taken.has(name); i++) name = `${near}_${i}`;
    this.taken.add(name);
    return name;
  }

  /**
   * The name of a constant in the file. `key` tells its forms apart; the first form of a parameter gets its own name.
   */
  constant(name: string, key: string, make: () => TensorData): string {
    const known = this.known.get(`${name} ${key}`);
    if (known !== undefined) return known;
    const first = !this.known.has(name);
    const own = first ? name : this.fresh(`${name}/${key}`);
    this.known.set(name, own);
    this.known.set(`${name} ${key}`, own);
    this.store(own, make());
    return own;
  }

  private store(name: string, given: TensorData): void {
    const data = converted(given, this.fileType(given.dtype));
    const halved = this.precision === 'float16' ? halves(data) : null;
    if (halved === null) {
      this.initializers.push(tensorMessage(data, name));
      return;
    }
    const small = this.fresh(`${name}/float16`);
    this.initializers.push(tensorMessage(halved, small));
    this.casts.push({ from: small, to: name });
  }

  private reserve(graph: Graph): void {
    for (const { name } of graph.inputs) this.taken.add(name);
    for (const name of graph.parameters.keys()) this.taken.add(name);
    for (const { outputs, attributes } of graph.nodes) {
      for (const name of outputs) this.taken.add(name);
      for (const value of Object.values(attributes)) {
        if (isGraph(value)) this.reserve(value);
        else if (Array.isArray(value))
          for (const item of value as unknown[]) if (isBody(item)) this.reserve(item);
      }
    }
  }
}

/** A constant in another element type; itself if it has that type. */
export function converted(tensor: TensorData, dtype: DataType): TensorData {
  if (tensor.dtype === dtype || dtype === 'string' || tensor.dtype === 'string') return tensor;
  const { shape } = tensor;
  if (dtype === 'float32') return { dtype, shape, data: Float32Array.from(toComputeValues(tensor)) };
  return { dtype, shape, data: fromNumbers(toNumbers(tensor), dtype) };
}

/**
 * The constant as half floats, `null` where that saves nothing or a value would overflow. One number per channel stays
 * wide: it costs little, and small variances lose their digits in a half.
 */
export function halves({ dtype, shape, data }: TensorData): TensorData | null {
  if (dtype !== 'float32' || !(data instanceof Float32Array) || data.length < LEAST_HALVED) return null;
  if (shape.filter((size) => size > 1).length < 2) return null;
  if (data.some((value) => Math.abs(value) > LARGEST_HALF)) return null;
  return { dtype: 'float16', shape, data: fromNumbers(data, 'float16') };
}

function isBody(value: unknown): value is Graph {
  return typeof value === 'object' && value !== null && 'nodes' in value;
}
