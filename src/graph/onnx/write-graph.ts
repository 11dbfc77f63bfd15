/**
 * @file Writes one graph or body, node by node. A value may be there in two orders of its axes: as in the IR, and
 * channels-first. Operations over space take and give the second, operations to which the order means nothing take
 * what there is, and a Transpose is written only where a form is asked for that is not there. So the transposes that an
 * importer wrote disappear again, and a convolutional network is channels-first throughout.
 */
import { EngineError } from '../../core/errors.ts';
import type { Attributes, DataType, Dimension, Graph, Node, Parameter, TensorData } from '../model/ir.ts';
import { permuted } from '../model/permute.ts';
import { computeType, isFloat, sizeOf, toNumbers } from '../model/tensor-data.ts';
import { attributeMessage } from './write-attributes.ts';
import { bodyInputs, bodyResults } from './write-bodies.ts';
import { type Fact, outputFacts } from './write-facts.ts';
import { converted, type OnnxFileWriter } from './write-file.ts';
import { broadcastFirst, kernelLast, toFirst, toLast } from './write-layout.ts';
import { MessageWriter } from './write-message.ts';
import { writeNode } from './write-rules.ts';
import { typeCode } from './write-tensor.ts';

/** The order of a value's axes. */
export type Form = 'plain' | 'first';

/** Names of a value in the file, by form. */
interface Forms {
  plain?: string;
  first?: string;
}

const UNKNOWN: Fact = { kind: 'tensor', dtype: 'float32', shape: null };

/** One graph under construction. */
export class GraphWriter {
  readonly file: OnnxFileWriter;
  readonly graph: Graph;
  private readonly outer: GraphWriter | null;
  private readonly forms = new Map<string, Forms>();
  private readonly facts = new Map<string, Fact>();
  private readonly used = new Set<string>();
  /** Constants that attributes of the IR became. */
  private readonly extra = new Map<string, Parameter>();
  private readonly nodes: MessageWriter[] = [];
  private readonly kept: ReadonlySet<string>;
  /** What is known of the results of the bodies of the node that is being written. */
  private bodyFacts: readonly Fact[] = [];
  private current: Node | null = null;

  constructor(graph: Graph, file: OnnxFileWriter, outer: GraphWriter | null, given: readonly Fact[] = []) {
    this.graph = graph;
    this.file = file;
    this.outer = outer;
    this.kept = new Set(graph.outputs);
    graph.inputs.forEach(({ name, dtype, shape }, index) => {
      this.forms.set(name, { plain: name });
      this.used.add(name);
      const sizes = shape?.map((size) => (typeof size === 'number' ? size : null)) ?? null;
      this.facts.set(name, given[index] ?? { kind: 'tensor', dtype, shape: sizes });
    });
  }

  /** `GraphProto` of the whole graph. @throws {EngineError} `model-unsupported` with the node that has no form in ONNX. */
  message(name: string): MessageWriter {
    for (const node of this.graph.nodes) this.node(node);
    const outputs = this.graph.outputs.map((output) => this.output(output));
    const message = new MessageWriter();
    if (this.outer === null) {
      for (const { from, to } of this.file.casts) message.message(1, castMessage(from, to));
    }
    for (const node of this.nodes) message.message(1, node);
    message.text(2, name);
    if (this.outer === null) for (const tensor of this.file.initializers) message.message(5, tensor);
    for (const { name: input, shape } of this.graph.inputs) {
      const known = this.outer === null ? this.inputShape(shape) : this.fact(input).shape;
      message.message(11, this.valueInfo(input, input, known));
    }
    this.graph.outputs.forEach((output, i) => {
      message.message(12, this.valueInfo(output, outputs[i] as string, this.fact(output).shape));
    });
    return message;
  }

  /** What is known of a value. Element types are those of the file. */
  fact(name: string | null): Fact {
    const parameter = name === null ? undefined : this.parameter(name);
    if (parameter !== undefined) {
      return { kind: 'tensor', dtype: this.file.fileType(parameter.dtype), shape: parameter.shape };
    }
    const known = name === null ? undefined : (this.facts.get(name) ?? this.outer?.fact(name));
    return known === undefined ? UNKNOWN : { ...known, dtype: this.file.fileType(known.dtype) };
  }

  /** A constant of this graph or one around it. */
  parameter(name: string): Parameter | undefined {
    return (
      this.graph.parameters.get(name) ??
      this.extra.get(name) ??
      (this.forms.has(name) ? undefined : this.outer?.parameter(name))
    );
  }

  /** The numbers of a constant of integers, a list or one. */
  integers(name: string | null): readonly number[] | null {
    const parameter = name === null ? undefined : this.parameter(name);
    if (parameter === undefined || isFloat(parameter.dtype) || computeType(parameter.dtype) !== 'int32')
      return null;
    return sizeOf(parameter.shape) > 64 ? null : [...toNumbers(parameter)];
  }

  /** Whether a value is there channels-first only. */
  isOnlyFirst(name: string): boolean {
    const forms = this.lookup(name);
    return forms?.plain === undefined && forms?.first !== undefined;
  }

  hasFirst(name: string): boolean {
    return this.lookup(name)?.first !== undefined;
  }

  /** A value as the IR has it, in an element type (default: its own). */
  plain(name: string, type: DataType | null = null): string {
    const parameter = this.parameter(name);
    if (parameter !== undefined) return this.constant(parameter, 'plain', type, (tensor) => tensor);
    const known = this.lookup(name);
    if (known === undefined) throw missing(name);
    let plain = known.plain;
    if (plain === undefined) {
      plain = this.nameFor(name, 'plain');
      const perm = toLast(this.rank(name));
      this.emit('Transpose', [known.first ?? ''], [plain], { perm }, `${name}/to-last`);
      this.setForm(name, 'plain', plain);
    }
    return this.cast(plain, this.fact(name).dtype, type);
  }

  /** A value with the channels second. @throws {EngineError} `model-unsupported` if its number of axes is unknown. */
  first(name: string, rank: number, type: DataType | null = null): string {
    const parameter = this.parameter(name);
    if (parameter !== undefined) {
      return this.constant(parameter, `first${rank}`, type, (tensor) => permuted(tensor, toFirst(rank)));
    }
    const known = this.lookup(name);
    if (known === undefined) throw missing(name);
    let first = known.first;
    if (first === undefined) {
      first = this.nameFor(name, 'first');
      this.emit('Transpose', [known.plain ?? ''], [first], { perm: toFirst(rank) }, `${name}/to-first`);
      this.setForm(name, 'first', first);
    }
    return this.cast(first, this.fact(name).dtype, type);
  }

  /** A constant, ready to broadcast against channels-first values of `rank` axes. */
  broadcast(parameter: Parameter, rank: number, type: DataType | null): string {
    return this.constant(parameter, `broadcast${rank}`, type, (tensor) => broadcastFirst(tensor, rank));
  }

  /** Weights of a convolution, outputs first. */
  kernel(name: string, rank: number, type: DataType | null): string {
    const parameter = this.parameter(name);
    const perm = kernelLast(rank);
    if (parameter !== undefined)
      return this.constant(parameter, 'kernel', type, (tensor) => permuted(tensor, perm));
    const turned = this.file.fresh(`${name}/kernel`);
    this.emit('Transpose', [this.plain(name)], [turned], { perm }, turned);
    return this.cast(turned, this.fact(name).dtype, type);
  }

  /** A constant that only the file has. */
  made(near: string, tensor: TensorData): string {
    return this.file.constant(this.file.fresh(near), 'made', () => tensor);
  }

  /** A list of integers as a constant. */
  ints(near: string, values: readonly number[]): string {
    const data = BigInt64Array.from(values, (value) => BigInt(value));
    return this.made(near, { dtype: 'int64', shape: [values.length], data });
  }

  /** A constant of integers as an input of a node: known to the writer as a parameter of the graph is. */
  integerInput(near: string, value: number | readonly number[]): string {
    const name = this.file.fresh(near);
    const values = typeof value === 'number' ? [value] : value;
    const data = BigInt64Array.from(values, (one) => BigInt(one));
    const shape = typeof value === 'number' ? [] : [values.length];
    this.extra.set(name, { name, role: 'constant', dtype: 'int64', shape, data });
    return name;
  }

  /** Registers a result in a form and gives its name in the file. */
  give(name: string, form: Form): string {
    if (name === '') return '';
    const own = this.nameFor(name, form);
    this.setForm(name, form, own);
    return own;
  }

  /** Lets a form of a value be a form of another one. */
  alias(name: string, form: Form, existing: string): void {
    this.setForm(name, form, existing);
  }

  /** Adds a node. Operations of other domains with the domain before a colon. */
  emit(
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Attributes,
    name: string,
  ): void {
    const colon = op.indexOf(':');
    const message = new MessageWriter();
    const end = inputs.findLastIndex((input) => input !== '') + 1;
    for (const input of inputs.slice(0, end)) message.text(1, input);
    for (const output of outputs) message.text(2, output);
    message.text(3, name);
    message.text(4, op.slice(colon + 1));
    for (const [key, value] of Object.entries(attributes)) {
      const attribute = attributeMessage(key, value, {
        fileType: (dtype) => this.file.fileType(dtype),
        body: (graph, body) => this.body(graph, body, name),
      });
      if (attribute !== null) message.message(5, attribute);
    }
    if (colon !== -1) {
      message.text(7, op.slice(0, colon));
      this.file.domains.add(op.slice(0, colon));
    }
    this.nodes.push(message);
  }

  /** The value in another element type, by a Cast where it has not that type already. */
  cast(name: string, from: DataType, to: DataType | null): string {
    if (to === null || from === to) return name;
    const result = this.file.fresh(`${name}/${to}`);
    this.emit('Cast', [name], [result], { to }, result);
    return result;
  }

  private node(node: Node): void {
    this.bodyFacts = [];
    this.current = node;
    writeNode(node, this);
    const facts =
      this.bodyFacts.length > 0
        ? this.bodyFacts
        : outputFacts({
            node,
            fact: (index) => this.fact(node.inputs[index] ?? null),
            constant: (index) => this.integers(node.inputs[index] ?? null),
          });
    node.outputs.forEach((name, index) => {
      const fact = facts[index];
      if (name !== '' && fact !== undefined) this.facts.set(name, fact);
    });
  }

  private body(graph: Graph, attribute: string, name: string): MessageWriter {
    const node = this.current;
    const given = node?.inputs.map((input) => this.fact(input)) ?? [];
    const writer = new GraphWriter(graph, this.file, this, node === null ? [] : bodyInputs(node, given));
    const message = writer.message(`${name}/${attribute}`);
    const results = graph.outputs.map((output): Fact => ({ ...writer.fact(output), shape: null }));
    this.bodyFacts = node === null ? results : bodyResults(node, results);
    return message;
  }

  private constant(
    parameter: Parameter,
    key: string,
    type: DataType | null,
    turn: (tensor: TensorData) => TensorData,
  ): string {
    const own = this.file.fileType(parameter.dtype);
    const wanted = type ?? own;
    const form = wanted === own ? key : `${key}-${wanted}`;
    return this.file.constant(parameter.name, form, () => turn(converted(parameter, wanted)));
  }

  private lookup(name: string): Forms | undefined {
    return this.forms.get(name) ?? this.outer?.lookup(name);
  }

  /** A form made inside a body is known there only. */
  private setForm(name: string, form: Form, value: string): void {
    this.forms.set(name, { ...this.lookup(name), [form]: value });
  }

  private rank(name: string): number {
    const { shape } = this.fact(name);
    if (shape === null) throw new Error(`"${name}" is channels-first, but its number of axes is unknown.`);
    return shape.length;
  }

  /** Values keep their names; the second form of one gets a name of its own, and an output is as in the IR. */
  private nameFor(name: string, form: Form): string {
    const isOuter = !this.forms.has(name) && this.outer?.lookup(name) !== undefined;
    if (this.used.has(name) || isOuter || (form === 'first' && this.kept.has(name))) {
      return this.file.fresh(`${name}/channels-${form === 'first' ? 'first' : 'last'}`);
    }
    this.used.add(name);
    return name;
  }

  /** Outputs keep their names, so what is another value's becomes a node; bodies must make what they give. */
  private output(name: string): string {
    const value = this.plain(name);
    const isMadeHere = this.used.has(value) && !this.graph.inputs.some((input) => input.name === value);
    if (this.outer === null ? value === name : isMadeHere) return value;
    const own = this.outer === null ? name : this.file.fresh(`${name}/output`);
    this.emit('Identity', [value], [own], {}, `${name}/output`);
    return own;
  }

  /** The open first size of the only input is the batch; those of several need not be equal, as one name would say. */
  private inputShape(shape: readonly Dimension[] | null): readonly Dimension[] | null {
    if (shape === null || shape[0] !== null || this.graph.inputs.length > 1) return shape;
    return ['batch', ...shape.slice(1)];
  }

  private valueInfo(name: string, own: string, shape: readonly Dimension[] | null): MessageWriter {
    const info = new MessageWriter();
    info.text(1, own);
    info.message(2, typeMessage(this.fact(name), shape));
    return info;
  }
}

function castMessage(from: string, to: string): MessageWriter {
  const message = new MessageWriter();
  message.text(1, from);
  message.text(2, to);
  message.text(3, `${to}/cast`);
  message.text(4, 'Cast');
  const attribute = attributeMessage('to', 'float32', {
    fileType: (dtype) => dtype,
    body: () => new MessageWriter(),
  });
  if (attribute !== null) message.message(5, attribute);
  return message;
}

/** `TypeProto`. */
function typeMessage({ kind, dtype }: Fact, shape: readonly Dimension[] | null): MessageWriter {
  const tensor = new MessageWriter();
  tensor.integer(1, typeCode(dtype));
  if (shape !== null) {
    const sizes = new MessageWriter();
    for (const size of shape) {
      const dimension = new MessageWriter();
      if (typeof size === 'number') dimension.integer(1, size);
      else if (size !== null) dimension.text(2, size);
      sizes.message(1, dimension);
    }
    tensor.message(2, sizes);
  }
  const type = new MessageWriter();
  type.message(1, tensor);
  if (kind === 'tensor') return type;
  const item = new MessageWriter();
  item.message(1, type);
  const list = new MessageWriter();
  list.message(kind === 'sequence' ? 4 : 9, item);
  return list;
}

function missing(name: string): EngineError {
  return new EngineError('model-unsupported', `The network has no value "${name}".`, { value: name });
}
