/**
 * @file A convolution (or a product) takes over what follows it: a bias, a normalisation with fixed statistics, an
 * activation. Where all parameters are constants the folding is written as nodes over parameters, which the executor
 * computes once; where some are trained, one operation folds and differentiates through the folding.
 */
import type { Attributes, Graph, Node } from '../model/ir.ts';
import { type PassOptions, Rewriting } from './rewriting.ts';

/** Operations that take part, and on which axis of the weight their outputs lie. */
const OUTPUT_AXIS: Readonly<Record<string, number>> = { Conv: -1, ConvTranspose: -2, Gemm: -1, MatMul: -1 };

/** @see {@link PassOptions} */
export function fused(graph: Graph, options: PassOptions): Graph {
  const rewriting = new Rewriting(graph, options);
  const done = new Set<Node>();
  for (const node of graph.nodes) {
    if (done.has(node)) continue;
    if (Object.hasOwn(OUTPUT_AXIS, node.op)) new Fusion(rewriting, node, done).run();
    else if (!affine(rewriting, node)) rewriting.copy(node);
  }
  return rewriting.finish();
}

/** A normalisation by constants along the last axis, wherever it stands: a product and a sum. */
function affine(rewriting: Rewriting, node: Node): boolean {
  const [x, ...rest] = node.inputs;
  const [output = ''] = node.outputs;
  if (!isFrozenNorm(node) || typeof x !== 'string' || !rest.every((name) => rewriting.isConstant(name))) {
    return false;
  }
  const { scale, shift } = scaleAndShift(rewriting, node, null);
  rewriting.emit('Add', [rewriting.emit('Mul', [x, scale], rewriting.fresh(output)), shift], output);
  return true;
}

function isFrozenNorm({ op, attributes, outputs }: Node): boolean {
  const isLast = Number(attributes['channel_axis'] ?? -1) === -1;
  return op === 'BatchNormalization' && isLast && attributes['training_mode'] !== 1 && outputs.length === 1;
}

/** `y = scale * x + shift`, with a bias on `x` before. Shape: `[C]` each. */
function scaleAndShift(rewriting: Rewriting, norm: Node, bias: string | null) {
  const [, gamma = '', beta = '', mean = '', variance = ''] = norm.inputs as string[];
  const [output = ''] = norm.outputs;
  const near = (part: string) => rewriting.fresh(`${output}/${part}`);
  const epsilon = rewriting.scalar(Number(norm.attributes['epsilon'] ?? 1e-5), `${output}/epsilon`);
  const raised = rewriting.emit('Add', [variance, epsilon], near('variance'));
  const deviation = rewriting.emit('Sqrt', [raised], near('deviation'));
  const scale = rewriting.emit('Div', [gamma, deviation], near('scale'));
  const centre = bias === null ? mean : rewriting.emit('Sub', [mean, bias], near('centre'));
  const moved = rewriting.emit('Mul', [centre, scale], near('moved'));
  return { scale, shift: rewriting.emit('Sub', [beta, moved], near('shift')) };
}

/** What one node takes over. */
class Fusion {
  private readonly rewriting: Rewriting;
  private readonly node: Node;
  private readonly done: Set<Node>;
  private op: string;
  private inputs: (string | null)[];
  private attributes: Attributes;
  private output: string;

  constructor(rewriting: Rewriting, node: Node, done: Set<Node>) {
    this.rewriting = rewriting;
    this.node = node;
    this.done = done;
    this.op = node.op;
    this.inputs = [...node.inputs];
    this.attributes = node.attributes;
    this.output = node.outputs[0] ?? '';
  }

  run(): void {
    this.takeBias();
    this.takeNorm();
    this.takeActivation();
    this.rewriting.emit(this.op, this.inputs, this.output, this.attributes, this.node.name);
  }

  /** The next node, if it alone reads the result so far. */
  private next(): Node | null {
    const reader = this.rewriting.onlyReader(this.output);
    return reader === null || reader.outputs.length !== 1 ? null : reader;
  }

  private take(node: Node): void {
    this.done.add(node);
    this.output = node.outputs[0] ?? '';
  }

  private get isConv(): boolean {
    return this.op === 'Conv' || this.op === 'ConvTranspose';
  }

  private get bias(): string | null {
    return this.inputs[2] ?? null;
  }

  private takeBias(): void {
    const next = this.next();
    if (!this.isConv || this.bias !== null || next?.op !== 'Add') return;
    const bias = next.inputs.find((name) => name !== this.output);
    const shape = this.rewriting.parameter(bias)?.shape;
    if (typeof bias !== 'string' || shape?.length !== 1 || shape[0] !== this.outputs()) return;
    this.inputs = [this.inputs[0] ?? null, this.inputs[1] ?? null, bias];
    this.take(next);
  }

  /** Number of outputs, where the weight is a parameter. */
  private outputs(): number | undefined {
    return this.rewriting.parameter(this.inputs[1])?.shape.at(OUTPUT_AXIS[this.node.op] ?? -1);
  }

  private takeNorm(): void {
    const norm = this.next();
    if (norm === null || !isFrozenNorm(norm) || norm.inputs[0] !== this.output) return;
    // What takes the place of both stands where the product stood: a scale may be computed between them.
    const isEarly = norm.inputs.slice(1).every((name) => name === null || this.rewriting.isAtHand(name));
    if (!isEarly) return;
    const own = [this.inputs[1], ...(this.bias === null ? [] : [this.bias])];
    const all = [...own, ...norm.inputs.slice(1)];
    const [x = null, weight = null] = this.inputs;
    if (all.every((name) => this.rewriting.isConstant(name))) {
      if (this.fold(norm)) this.take(norm);
    } else if (this.op === 'Conv') {
      this.op = 'graft:ConvBatchNormalization';
      this.inputs = [x, weight, this.bias, ...norm.inputs.slice(1)];
      this.attributes = { ...this.attributes, epsilon: norm.attributes['epsilon'] ?? 1e-5 };
      this.take(norm);
    }
  }

  /** Folds a normalisation into constants. */
  private fold(norm: Node): boolean {
    const { rewriting } = this;
    const [x = null, weight] = this.inputs;
    const rank = rewriting.parameter(weight)?.shape.length;
    if (typeof weight !== 'string' || rank === undefined || !this.canFold(rank)) return false;
    const { scale, shift } = scaleAndShift(rewriting, norm, this.bias);
    const near = (part: string) => rewriting.fresh(`${this.output}/${part}`);
    const factor =
      this.op === 'ConvTranspose'
        ? rewriting.emit('Reshape', [scale, rewriting.ints([-1, 1], this.output)], near('column'))
        : scale;
    const scaled = rewriting.emit('Mul', [weight, factor], near('weight'));
    if (this.op === 'MatMul') {
      const product = rewriting.emit('MatMul', [x, scaled], near('product'), this.attributes, this.node.name);
      this.op = 'Add';
      this.inputs = [product, shift];
    } else this.inputs = [x, scaled, shift];
    return true;
  }

  private canFold(rank: number): boolean {
    const { attributes } = this;
    const plain = ['alpha', 'beta'].every((name) => Number(attributes[name] ?? 1) === 1);
    switch (this.op) {
      case 'ConvTranspose':
        return Number(attributes['group'] ?? 1) === 1;
      case 'Gemm':
        return plain && attributes['transB'] !== 1;
      case 'MatMul':
        return rank === 2;
      default:
        return rank > 2;
    }
  }

  private takeActivation(): void {
    const next = this.next();
    if (next === null || (this.op !== 'Conv' && this.op !== 'graft:ConvBatchNormalization')) return;
    const activation = activationOf(next, this.rewriting);
    if (activation !== null) {
      this.attributes = { ...this.attributes, activation };
      this.take(next);
    } else if (next.op === 'HardSigmoid' && this.op === 'Conv') this.takeHardSigmoid(next);
  }

  /** `min(1, max(0, a y + b)) = relu6(6 a y + 6 b) / 6`: what is left is a factor, which may go further. */
  private takeHardSigmoid(node: Node): void {
    const { rewriting } = this;
    const [x = null, weight = null, bias = null] = this.inputs;
    if (!rewriting.isConstant(weight) || (bias !== null && !rewriting.isConstant(bias))) return;
    if (bias === null) return;
    const near = (part: string) => rewriting.fresh(`${this.output}/${part}`);
    const alpha = 6 * Number(node.attributes['alpha'] ?? 0.2);
    const beta = rewriting.scalar(6 * Number(node.attributes['beta'] ?? 0.5), `${this.output}/beta`);
    const scaled = (name: string, part: string) =>
      alpha === 1 ? name : rewriting.emit('Mul', [name, rewriting.scalar(alpha, name)], near(part));
    const moved = rewriting.emit('Add', [scaled(bias, 'bias'), beta], near('bias'));
    const raw = rewriting.fresh(node.outputs[0] ?? '');
    const inputs = [x, scaled(weight, 'weight'), moved];
    rewriting.emit('Conv', inputs, raw, { ...this.attributes, activation: 'relu6' }, this.node.name);
    this.take(node);
    this.op = 'Mul';
    this.inputs = [raw, rewriting.scalar(1 / 6, `${this.output}/sixth`)];
    this.attributes = {};
  }
}

function activationOf({ op, inputs }: Node, rewriting: Rewriting): string | null {
  if (op === 'Relu') return 'relu';
  if (op === 'Sigmoid') return 'sigmoid';
  return op === 'Clip' && rewriting.number(inputs[1]) === 0 && rewriting.number(inputs[2]) === 6
    ? 'relu6'
    : null;
}
