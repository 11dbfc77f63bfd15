import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../../core/errors.ts';
import { type Graph, type Node } from '../model/ir.ts';
import { type CallHost, OpCall } from '../ops/call.ts';
import type { HostInputs, Op, RunBody, Steps } from '../ops/op.ts';
import { tensorsIn, type Value } from '../ops/value.ts';
import type { Constants } from './constants.ts';
import { neededNodes, type Plan, type PlanStep } from './plan.ts';
import { assertFits } from './size-guard.ts';
import { asValues, disposeValue, ownHandle, toHost } from './values.ts';

/** What a hostile network may not exceed. */
export interface RunLimits {
  readonly elements: number;
  readonly turns: number;
}

/** What a run needs of its executor. */
export interface RunHost {
  readonly host: CallHost;
  readonly constants: Constants;
  readonly replacement: (name: string) => tf.Tensor | undefined;
  /** Another one where other parameters are replaced. */
  readonly key: string;
  readonly limits: RunLimits;
  readonly plan: (graph: Graph, given: ReadonlyMap<string, Value>, wanted: readonly string[]) => Plan;
}

/** Values by name, in a body those of the graph around it too. */
interface Scope {
  readonly graph: Graph;
  readonly values: Map<string, Value>;
  /** What follows from the parameters alone. */
  readonly folded: ReadonlyMap<string, Value>;
  readonly outer: Scope | null;
}

/** One run of a graph, with the bodies inside it. */
export class Run {
  private readonly host: RunHost;
  private turns = 0;

  constructor(host: RunHost) {
    this.host = host;
  }

  /** Runs a graph or a body; the caller owns the results and keeps what it gave. */
  *graph(
    graph: Graph,
    given: ReadonlyMap<string, Value>,
    outputs: readonly string[],
    outer: Scope | null,
  ): Steps<readonly Value[]> {
    const plan = this.host.plan(graph, given, outputs);
    const folded = yield* this.folded(graph, plan);
    const scope: Scope = { graph, values: new Map(given), folded, outer };
    const owned = new Set<string>();
    try {
      for (const step of plan.steps) {
        const results = this.atOnce(step, scope) ?? (yield* this.waiting(step, scope));
        place(step.node, results, scope.values, owned);
        for (const name of step.release) release(name, scope.values, owned);
      }
      // All are found before the first gets a handle that nobody would dispose.
      return outputs.map((name) => this.find(scope, name)).map((value) => ownHandle(value));
    } finally {
      for (const name of owned) release(name, scope.values, owned);
    }
  }

  /** Computes what is missing of the values that follow from the parameters. */
  private *folded(graph: Graph, { folded, kept }: Plan): Steps<ReadonlyMap<string, Value>> {
    const { constants, key } = this.host;
    const known = constants.foldedOf(graph, key);
    if (kept.size === 0) return known;
    const missing = [...kept].filter((name) => !known.has(name));
    if (missing.length === 0) return known;
    const needed = new Set(
      neededNodes({ nodes: folded.map(({ node }) => node), inputs: [] }, new Set(known.keys()), missing),
    );
    const scope: Scope = { graph, values: new Map(), folded: known, outer: null };
    const owned = new Set<string>();
    try {
      for (const step of folded) {
        if (needed.has(step.node)) {
          this.borrow(step.node, scope, owned);
          const results = this.atOnce(step, scope) ?? (yield* this.waiting(step, scope));
          place(step.node, results, scope.values, owned);
          for (const name of step.node.outputs) {
            const value = scope.values.get(name);
            if (value === undefined || !kept.has(name) || known.has(name)) continue;
            owned.delete(name);
            constants.addFolded(graph, key, name, value);
          }
        }
        for (const name of step.release) release(name, scope.values, owned);
      }
    } finally {
      for (const name of owned) release(name, scope.values, owned);
    }
    return known;
  }

  /** Brings the parameters of a node into scope, for as long as the steps of folding need them. */
  private borrow({ inputs }: Node, { graph, values, folded }: Scope, owned: Set<string>): void {
    for (const name of inputs) {
      if (name === null || values.has(name) || folded.has(name)) continue;
      const parameter = graph.parameters.get(name);
      if (parameter === undefined) continue;
      const { value, isFresh } = this.host.constants.borrowed(parameter);
      values.set(name, value);
      if (isFresh) owned.add(name);
    }
  }

  private find(scope: Scope, name: string): Value {
    const value = scope.values.get(name) ?? scope.folded.get(name);
    if (value !== undefined) return value;
    const parameter = scope.graph.parameters.get(name);
    if (parameter !== undefined) {
      const tensor = this.host.replacement(name);
      if (tensor !== undefined) return { kind: 'tensor', dtype: parameter.dtype, tensor };
      return this.host.constants.parameter(parameter);
    }
    if (scope.outer !== null) return this.find(scope.outer, name);
    throw new EngineError('model-unsupported', `The network has no value "${name}".`, { value: name });
  }

  private inputs(node: Node, scope: Scope): (Value | null)[] {
    return node.inputs.map((name) => (name === null ? null : this.find(scope, name)));
  }

  /** Runs a node that neither waits for numbers nor runs a body; `null` for the others. */
  private atOnce({ node, op }: PlanStep, scope: Scope): readonly Value[] | null {
    if (op.control !== undefined) return null;
    const inputs = this.inputs(node, scope);
    if (op.hostInputs !== undefined && tensorsToRead(op, node, inputs).length > 0) return null;
    try {
      return this.compute(op, new OpCall(node, inputs, this.host.host));
    } catch (thrown) {
      throw failure(node, thrown);
    }
  }

  private *waiting({ node, op }: PlanStep, scope: Scope): Steps<readonly Value[]> {
    const inputs = this.inputs(node, scope);
    try {
      for (const index of tensorsToRead(op, node, inputs)) {
        inputs[index] = yield* readToHost(inputs[index] as Value);
      }
      const call = new OpCall(node, inputs, this.host.host);
      return op.control === undefined ? this.compute(op, call) : yield* this.control(op.control, call, scope);
    } catch (thrown) {
      throw failure(node, thrown);
    }
  }

  private compute(op: Op, call: OpCall): readonly Value[] {
    assertFits(call, this.host.limits.elements);
    return runInScope(op, call);
  }

  private *control(control: NonNullable<Op['control']>, call: OpCall, scope: Scope): Steps<readonly Value[]> {
    const run = this.graph.bind(this);
    const { turns } = this.host.limits;
    const countTurn = () => {
      this.turns += 1;
      if (this.turns > turns) throw new Error(`more than ${turns} turns`);
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
}

function place(node: Node, results: readonly Value[], values: Map<string, Value>, owned: Set<string>): void {
  node.outputs.forEach((name, index) => {
    const value = results[index];
    if (value === undefined) return;
    if (name === '') {
      disposeValue(value);
      return;
    }
    values.set(name, value);
    owned.add(name);
  });
  // Operations may give more than the node has names for.
  results.slice(node.outputs.length).forEach(disposeValue);
}

function release(name: string, values: Map<string, Value>, owned: Set<string>): void {
  const value = values.get(name);
  if (!owned.delete(name) || value === undefined) return;
  disposeValue(value);
  values.delete(name);
}

/** Inputs on the back-end that the operation needs on the host. */
function tensorsToRead(op: Op, node: Node, inputs: readonly (Value | null)[]): number[] {
  const listed = op.hostInputs ?? [];
  const wanted: HostInputs = typeof listed === 'function' ? listed(node, inputs) : listed;
  return inputs.flatMap((value, index) =>
    value?.kind === 'tensor' && (wanted === 'all' || wanted.includes(index)) ? [index] : [],
  );
}

function* readToHost(value: Value): Steps<Value> {
  return value.kind === 'tensor' ? toHost(value, yield value.tensor) : value;
}

const SCOPE = 'graft';

function runInScope(op: Op, call: OpCall): readonly Value[] {
  const inputs = call.all();
  const onHost = op.host !== undefined && inputs.every((value) => value === null || value.kind === 'host');
  const engine = tf.engine();
  // Not the operation's name: tfjs would take the gradient of its own kernel of that name.
  engine.startScope(SCOPE);
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

function failure({ name, op }: Node, thrown: unknown): EngineError {
  if (thrown instanceof EngineError) return thrown;
  const problem = thrown instanceof Error ? thrown.message : String(thrown);
  return new EngineError(
    'model-unsupported',
    `The node "${name}" (${op}): ${problem}`,
    { node: name, op },
    { cause: thrown },
  );
}
