/**
 * @file One network as somebody else's exporter wrote it: the outputs of its file are compared with those of
 * onnxruntime, and the gradients of its parameters with those of PyTorch.
 */
import * as tf from '@tensorflow/tfjs-core';
import { proposeBlocks } from '../../graph/cuts.ts';
import { type DataType, type Graph, isTrainable } from '../../graph/model/ir.ts';
import { computeType, toComputeValues } from '../../graph/model/tensor-data.ts';
import { type ExternalResolver, importOnnx } from '../../graph/onnx/import-onnx.ts';
import { type Value } from '../../graph/ops/value.ts';
import { GraphExecutor } from '../../graph/run/executor.ts';
import { disposeValue, readTensor, toHost } from '../../graph/run/values.ts';
import { copiesOf, type Copy, gradientFromCopies } from './parameter-copies.ts';

/** Numbers with a shape, of a type that PyTorch knows. */
export interface Numbers {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A parameter as PyTorch has it; `gradient: null` if the loss does not depend on it. */
export interface ReferenceParameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  readonly gradient: Float32Array | null;
  /** Never trained (a table of sines). ONNX cannot say so: here it is a weight as any other. */
  readonly fixed: boolean;
}

export interface ExportCase {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly external: ExternalResolver;
  readonly inputs: readonly (Numbers & { readonly name: string })[];
  /** What onnxruntime computes from the file. */
  readonly outputs: readonly Numbers[];
  /** The loss is the sum of all outputs times these. */
  readonly lossWeights: readonly Float32Array[];
  readonly parameters: readonly ReferenceParameter[];
  /** Names of what PyTorch keeps beside the parameters and never trains. */
  readonly buffers: readonly string[];
  /** Whether the file must hold every parameter: some tools fold some away. */
  readonly complete: boolean;
  /** How far the tool may have moved a parameter, as a share of its greatest number. */
  readonly rounding: number;
  /** How far a gradient may be from PyTorch's, see {@link GRADIENT_FLOOR}; `null` if none is to be expected. */
  readonly gradientTolerance: number | null;
  /** How far an output may be from that of onnxruntime, see {@link ExportResult.outputDifference}. */
  readonly outputTolerance: number;
}

export interface ExportResult {
  readonly nodes: number;
  readonly blocks: number;
  /** Greatest difference of an output's element, relative to the output's greatest where that is above 1. */
  readonly outputDifference: number;
  /** Parameters that are in the graph, trainable, and have PyTorch's gradient. */
  readonly matched: number;
  /** Names of parameters that the loss does not depend on, in PyTorch and here. */
  readonly unreached: readonly string[];
  /** Names of those that PyTorch does not train, and so has no gradient of. */
  readonly fixed: readonly string[];
  /** Names of those that the tool folded into others. */
  readonly folded: readonly string[];
  /** Greatest relative difference of a gradient, see {@link GRADIENT_FLOOR}. */
  readonly gradientDifference: number;
  /** What is wrong, in words; empty if nothing is. */
  readonly problems: readonly string[];
}

/**
 * A gradient's difference is `|ours - theirs| / max(|theirs|, floor)`, in Euclidean norms, with this share of the largest
 * norm among the network's parameters as the floor: some gradients are zero (the bias of attention's keys), and then
 * only rounding is left of them.
 */
export const GRADIENT_FLOOR = 1e-4;

/** Runs a case on the active back-end. @throws what the importer or the executor throws. */
export async function runExportCase(files: ExportCase): Promise<ExportResult> {
  const graph = await importOnnx(files.model, { external: files.external });
  const executor = new GraphExecutor(graph);
  const feeds = feedsFor(graph, files);
  try {
    const problems: string[] = [];
    const outputDifference = await compareOutputs(executor, feeds, files, problems);
    const gradients = await compareGradients(executor, feeds, files, problems);
    return {
      nodes: graph.nodes.length,
      blocks: countBlocks(graph),
      outputDifference,
      ...gradients,
      problems,
    };
  } finally {
    for (const value of feeds.values()) disposeValue(value);
    executor.dispose();
  }
}

function countBlocks(graph: Graph): number {
  return graph.inputs.length === 0 ? 0 : proposeBlocks(graph).length;
}

/** The graph may have lost inputs that nothing reads. */
function feedsFor(graph: Graph, { inputs }: ExportCase): Map<string, Value> {
  const known = new Set(graph.inputs.map(({ name }) => name));
  return new Map(
    inputs
      .filter(({ name }) => known.has(name))
      .map(({ name, dtype, shape, values }): [string, Value] => {
        const tensor = tf.tensor(values, [...shape], 'float32');
        const typed = tf.cast(tensor, computeType(dtype));
        tensor.dispose();
        return [name, { kind: 'tensor', dtype, tensor: typed }];
      }),
  );
}

async function compareOutputs(
  executor: GraphExecutor,
  feeds: ReadonlyMap<string, Value>,
  { outputs, outputTolerance }: ExportCase,
  problems: string[],
): Promise<number> {
  const results = await executor.runAsync({ feeds });
  let worst = 0;
  for (const [index, name] of executor.graph.outputs.entries()) {
    const value = results.get(name);
    const wanted = outputs[index];
    if (value === undefined || wanted === undefined) throw new Error(`There is no output "${name}".`);
    if (value.kind !== 'tensor') throw new Error(`The output "${name}" is not a tensor.`);
    const found = toHost(value, await readTensor(value.tensor));
    disposeValue(value);
    if (found.shape.join() !== wanted.shape.join()) {
      problems.push(`output "${name}" has the shape [${found.shape.join()}], not [${wanted.shape.join()}]`);
      continue;
    }
    const difference = outputDifferenceOf(found.data as Float64Array, wanted.values);
    // NaN compares false: it must count as the worst.
    if (!(difference <= worst)) worst = difference;
    if (!(difference <= outputTolerance))
      problems.push(`output "${name}" differs by ${difference.toExponential(1)}`);
  }
  return worst;
}

function outputDifferenceOf(found: Float64Array, wanted: Float32Array): number {
  let difference = 0;
  let scale = 1;
  for (const [i, expected] of wanted.entries()) {
    const gap = Math.abs((found[i] as number) - expected);
    if (!(gap <= difference)) difference = gap;
    scale = Math.max(scale, Math.abs(expected));
  }
  return difference / scale;
}

async function compareGradients(
  executor: GraphExecutor,
  feeds: ReadonlyMap<string, Value>,
  files: ExportCase,
  problems: string[],
): Promise<Pick<ExportResult, 'matched' | 'unreached' | 'fixed' | 'folded' | 'gradientDifference'>> {
  const { parameters, gradientTolerance } = files;
  if (gradientTolerance === null) {
    return { matched: 0, unreached: [], fixed: [], folded: [], gradientDifference: 0 };
  }
  const gradients = await gradientsOf(executor, feeds, files.lossWeights);
  const floor = GRADIENT_FLOOR * Math.max(...parameters.map(({ gradient }) => norm(gradient ?? [])));
  const trainable = [...executor.graph.parameters.values()].filter(isTrainable);
  const [unreached, folded]: [string[], string[]] = [[], []];
  let [matched, worst] = [0, 0];
  const known = new Set<string>();
  for (const parameter of parameters.filter(({ fixed }) => !fixed)) {
    const copies: readonly Copy[] = copiesOf(parameter, trainable, files.rounding);
    for (const { name } of copies) known.add(name);
    const ours = gradientFromCopies(parameter, copies, gradients);
    if (parameter.gradient === null) {
      if (ours === null) unreached.push(parameter.name);
      else problems.push(`"${parameter.name}" has a gradient, in PyTorch it has none`);
    } else if (copies.length === 0 && !files.complete) {
      folded.push(parameter.name);
    } else if (ours === null) {
      const why = copies.length === 0 ? 'is not among the trainable parameters' : 'has no gradient';
      problems.push(`"${parameter.name}" [${parameter.shape.join()}] ${why}`);
    } else {
      const theirs = parameter.gradient;
      const difference =
        norm(ours.map((value, i) => value - (theirs[i] as number))) / Math.max(norm(theirs), floor);
      if (!(difference <= worst)) worst = difference;
      if (difference <= gradientTolerance) matched += 1;
      else problems.push(`the gradient of "${parameter.name}" differs by ${difference.toExponential(1)}`);
    }
  }
  const fixed = parameters.filter((parameter) => parameter.fixed).map(({ name }) => name);
  for (const name of [...fixed, ...files.buffers]) known.add(name);
  for (const { name, shape } of trainable) {
    if (files.complete && !known.has(name))
      problems.push(`"${name}" [${shape.join()}] is trained, but no parameter of PyTorch`);
  }
  return { matched, unreached, fixed, folded, gradientDifference: worst };
}

function norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2;
  return Math.sqrt(sum);
}

/** Gradients of the loss by the names of the graph's parameters; those that the loss does not reach are left out. */
async function gradientsOf(
  executor: GraphExecutor,
  feeds: ReadonlyMap<string, Value>,
  lossWeights: readonly Float32Array[],
): Promise<Map<string, Float32Array>> {
  const { graph } = executor;
  const variables = new Map<string, tf.Variable>();
  for (const parameter of graph.parameters.values()) {
    if (!isTrainable(parameter)) continue;
    const initial = tf.tensor(toComputeValues(parameter), [...parameter.shape], 'float32');
    variables.set(parameter.name, tf.variable(initial));
    initial.dispose();
  }
  const loss = (): tf.Scalar => {
    const results = executor.run({ feeds, parameters: (name) => variables.get(name) });
    const terms = graph.outputs.map((name, index) => {
      const value = results.get(name);
      if (value?.kind !== 'tensor') throw new Error(`The output "${name}" is not a tensor.`);
      const weights = tf.tensor(lossWeights[index] as Float32Array, value.tensor.shape);
      return tf.sum<tf.Scalar>(tf.mul(tf.cast(value.tensor, 'float32'), weights));
    });
    return tf.addN(terms);
  };
  const { value, grads } = tf.variableGrads(loss, [...variables.values()]);
  value.dispose();
  const gradients = new Map<string, Float32Array>();
  for (const [name, variable] of variables) {
    const gradient = grads[variable.name];
    variable.dispose();
    if (gradient === undefined) continue;
    gradients.set(name, await gradient.data<'float32'>());
    gradient.dispose();
  }
  return gradients;
}
