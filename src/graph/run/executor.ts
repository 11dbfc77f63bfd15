/**
 * @file Runs a {@link Graph} on the active back-end of tfjs: forward, from any values to any values, differentiable
 * when called inside `tf.grads` or `tf.variableGrads` (what a gradient needs, tfjs saves itself), with every tensor
 * disposed after its last use.
 */
import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../../core/errors.ts';
import type { Graph, Node, Parameter } from '../model/ir.ts';
import { isFloat, sizeOf } from '../model/tensor-data.ts';
import { type CallHost, OpCall, type RunMode } from '../ops/call.ts';
import type { Op, RunBody, Steps } from '../ops/op.ts';
import { findOp } from '../ops/registry.ts';
import { type HostValue, hostFromData, tensorFromData, tensorsIn, upload, type Value } from '../ops/value.ts';
import { type Plan, planRun } from './plan.ts';
import { assertFits, MOST_ELEMENTS, MOST_TURNS } from './size-guard.ts';
import { asValues, disposeValue, ownHandle, readTensor, readTensorSync, toHost } from './values.ts';

/** One run. */
export interface RunRequest {
  /** Values by name: inputs of the graph, or any values inside it (a cached activation). They stay the caller's. */
  readonly feeds: ReadonlyMap<string, Value>;
  /** Default: the outputs of the graph. */
  readonly outputs?: readonly string[];
  /** Tensors in place of parameters (the variables of a training). They stay the caller's. */
  readonly parameters?: (name: string) => tf.Tensor | undefined;
  readonly training?: boolean;
  /** For dropout and the random operations. Default: always 0.5. */
  readonly random?: () => number;
  /** Bounds on what a run may make; default: {@link MOST_ELEMENTS} in one value, {@link MOST_TURNS} of loops. */
  readonly limits?: RunLimits;
}

/** What a hostile network may not exceed. */
export interface RunLimits {
  readonly elements: number;
  readonly turns: number;
}

/** Integer constants up to this many elements are kept on the host: shapes, axes, positions. */
const HOST_ELEMENTS = 4096;

/** Values by name, in a body those of the graph around it too. */
interface Scope {
  readonly graph: Graph;
  readonly values: Map<string, Value>;
  readonly outer: Scope | null;
}

/** Runs one graph. Parameters are uploaded when first used and stay on the back-end until {@link dispose}. */
export class GraphExecutor {
  readonly graph: Graph;
  private readonly plans = new WeakMap<Graph, Map<string, Plan>>();
  private readonly constants = new Map<Parameter, Value>();
  /** Constants that are kept on the host, and their tensors once an operation needed them. */
  private readonly uploads = new Map<HostValue, tf.Tensor | null>();

  constructor(graph: Graph) {
    this.graph = graph;
  }

  /**
   * Runs at once. Where an operation needs numbers that are on the back-end it waits for them, which WebGPU cannot:
   * use {@link runAsync} there unless the graph is known to need none.
   * Owns: the caller disposes the results ({@link disposeValue}).
   * @throws {EngineError} `model-unsupported` with the node's name if an operation cannot compute what it got.
   */
  run(request: RunRequest): Map<string, Value> {
    const steps = this.start(request);
    let step = steps.next();
    while (step.done !== true) step = steps.next(readTensorSync(step.value));
    return step.value;
  }

  /** Like {@link run}; reads tensors without blocking. Not differentiable. */
  async runAsync(request: RunRequest): Promise<Map<string, Value>> {
    const steps = this.start(request);
    let step = steps.next();
    while (step.done !== true) step = steps.next(await readTensor(step.value));
    return step.value;
  }

  /** Disposes what was uploaded. The executor can be used again. */
  dispose(): void {
    for (const value of this.constants.values()) disposeValue(value);
    for (const tensor of this.uploads.values()) tensor?.dispose();
    this.constants.clear();
    this.uploads.clear();
  }

  private *start(request: RunRequest): Steps<Map<string, Value>> {
    const mode: RunMode = { training: request.training ?? false, random: request.random ?? (() => 0.5) };
    const host: CallHost = { mode, upload: (value) => this.uploaded(value) };
    const outputs = [...new Set(request.outputs ?? this.graph.outputs)];
    const run = new Run(this, host, request.parameters ?? (() => undefined), request.limits);
    const results = yield* run.graph(this.graph, request.feeds, outputs, null);
    return new Map(outputs.map((name, index) => [name, results[index] as Value]));
  }

  /** The plan of a graph or body; made once for each set of given and wanted values. */
  plan(graph: Graph, given: ReadonlyMap<string, Value>, outputs: readonly string[]): Plan {
    const key = JSON.stringify([[...given.keys()], outputs]);
    const known = this.plans.get(graph) ?? new Map<string, Plan>();
    this.plans.set(graph, known);
    const plan = known.get(key) ?? planRun(graph, new Set(given.keys()), outputs);
    known.set(key, plan);
    return plan;
  }

  /** A parameter's value on the host or the back-end, made once. */
  constant(parameter: Parameter): Value {
    const known = this.constants.get(parameter);
    if (known !== undefined) return known;
    const value = this.makeConstant(parameter);
    this.constants.set(parameter, value);
    return value;
  }

  private makeConstant(parameter: Parameter): Value {
    const { dtype, shape } = parameter;
    const small = isFloat(dtype)
      ? parameter.role === 'constant' && sizeOf(shape) <= 16
      : sizeOf(shape) <= HOST_ELEMENTS;
    if (!small && dtype !== 'string')
      return { kind: 'tensor', dtype, tensor: tf.keep(tensorFromData(parameter)) };
    const value = hostFromData(parameter);
    this.uploads.set(value, null);
    return value;
  }

  private uploaded(value: HostValue): tf.Tensor {
    const known = this.uploads.get(value);
    if (known === undefined) return upload(value);
    const tensor = known ?? tf.keep(upload(value));
    this.uploads.set(value, tensor);
    return tensor;
  }
}

/** The state of one run. */
class Run {
  private readonly executor: GraphExecutor;
  private readonly host: CallHost;
  private readonly override: (name: string) => tf.Tensor | undefined;
  private readonly limits: RunLimits;
  private turns = 0;

  constructor(
    executor: GraphExecutor,
    host: CallHost,
    override: (name: string) => tf.Tensor | undefined,
    limits: RunLimits = { elements: MOST_ELEMENTS, turns: MOST_TURNS },
  ) {
    this.executor = executor;
    this.host = host;
    this.override = override;
    this.limits = limits;
  }

  /** Runs a graph or a body; the caller owns the results and keeps what it gave. */
  *graph(
    graph: Graph,
    given: ReadonlyMap<string, Value>,
    outputs: readonly string[],
    outer: Scope | null,
  ): Steps<readonly Value[]> {
    const scope: Scope = { graph, values: new Map(given), outer };
    const owned = new Set<string>();
    const release = (name: string) => {
      const value = scope.values.get(name);
      if (!owned.delete(name) || value === undefined) return;
      disposeValue(value);
      scope.values.delete(name);
    };
    try {
      for (const step of this.executor.plan(graph, given, outputs).steps) {
        const results = yield* this.node(step.node, scope);
        for (const [index, name] of step.node.outputs.entries()) {
          const value = results[index];
          if (value === undefined) continue;
          if (name === '') disposeValue(value);
          else scope.values.set(name, value);
          owned.add(name);
        }
        // Operations may give more than the node has names for.
        results.slice(step.node.outputs.length).forEach(disposeValue);
        for (const name of step.release) release(name);
      }
      // All are found before the first gets a handle that nobody would dispose.
      return outputs.map((name) => this.find(scope, name)).map((value) => ownHandle(value));
    } finally {
      for (const name of owned) release(name);
    }
  }

  private find(scope: Scope, name: string): Value {
    const value = scope.values.get(name);
    if (value !== undefined) return value;
    const parameter = scope.graph.parameters.get(name);
    if (parameter !== undefined) {
      const tensor = this.override(name);
      if (tensor !== undefined) return { kind: 'tensor', dtype: parameter.dtype, tensor };
      return this.executor.constant(parameter);
    }
    if (scope.outer !== null) return this.find(scope.outer, name);
    throw new EngineError('model-unsupported', `The network has no value "${name}".`, { value: name });
  }

  private *node(node: Node, scope: Scope): Steps<readonly Value[]> {
    const op = findOp(node.op);
    if (op === undefined) throw failure(node, 'is not an operation that is known here');
    const inputs = node.inputs.map((name) => (name === null ? null : this.find(scope, name)));
    try {
      const call = new OpCall(node, yield* this.broughtToHost(op, node, inputs), this.host);
      if (op.control !== undefined) return yield* this.control(op.control, call, scope);
      assertFits(call, this.limits.elements);
      return runInScope(op, call);
    } catch (thrown) {
      if (thrown instanceof EngineError) throw thrown;
      throw failure(node, thrown instanceof Error ? thrown.message : String(thrown), thrown);
    }
  }

  private *control(control: NonNullable<Op['control']>, call: OpCall, scope: Scope): Steps<readonly Value[]> {
    const run = this.graph.bind(this);
    const countTurn = () => {
      this.turns += 1;
      if (this.turns > this.limits.turns) throw failure(call.node, `more than ${this.limits.turns} turns`);
    };
    const made: Value[] = [];
    const turn: RunBody = function* (body, inputs) {
      countTurn();
      const given = new Map(body.inputs.map(({ name }, index) => [name, inputs[index] as Value]));
      const results = yield* run(body, given, body.outputs, scope);
      made.push(...results);
      return results;
    };
    try {
      return yield* control(call, turn, readToHost);
    } catch (thrown) {
      // What earlier turns gave has no owner any more.
      for (const tensor of made.flatMap(tensorsIn)) if (!tensor.isDisposed) tensor.dispose();
      throw thrown;
    }
  }

  private *broughtToHost(op: Op, node: Node, inputs: readonly (Value | null)[]): Steps<(Value | null)[]> {
    const listed = op.hostInputs ?? [];
    const wanted = typeof listed === 'function' ? listed(node, inputs) : listed;
    const values: (Value | null)[] = [];
    for (const [index, value] of inputs.entries()) {
      const read = value?.kind === 'tensor' && (wanted === 'all' || wanted.includes(index));
      values.push(read ? yield* readToHost(value) : value);
    }
    return values;
  }
}

function* readToHost(value: Value): Steps<Value> {
  return value.kind === 'tensor' ? toHost(value, yield value.tensor) : value;
}

function runInScope(op: Op, call: OpCall): readonly Value[] {
  const inputs = call.all();
  const onHost = op.host !== undefined && inputs.every((value) => value === null || value.kind === 'host');
  const engine = tf.engine();
  engine.startScope(call.node.op);
  const kept: tf.Tensor[] = [];
  try {
    const result = (onHost ? op.host(call) : null) ?? op.run?.(call);
    if (result === undefined) throw new Error('has no computation for these inputs');
    const taken = new Set(inputs.flatMap((value) => (value === null ? [] : tensorsIn(value))));
    const values = asValues(result, call).map((value) => ownHandle(value, taken));
    kept.push(...values.flatMap(tensorsIn));
    return values;
  } finally {
    engine.endScope(kept);
  }
}

function failure({ name, op }: Node, problem: string, cause?: unknown): EngineError {
  return new EngineError(
    'model-unsupported',
    `The node "${name}" (${op}): ${problem}`,
    { node: name, op },
    { cause },
  );
}
