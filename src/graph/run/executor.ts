/**
 * @file Runs a {@link Graph} on the active back-end of tfjs: forward, from any values to any values, differentiable
 * when called inside `tf.grads` or `tf.variableGrads` (what a gradient needs, tfjs saves itself), with every tensor
 * disposed after its last use. What depends on parameters alone is computed once.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { Graph } from '../model/ir.ts';
import type { CallHost, RunMode } from '../ops/call.ts';
import type { Steps } from '../ops/op.ts';
import type { Value } from '../ops/value.ts';
import { Constants } from './constants.ts';
import { type Plan, planRun } from './plan.ts';
import { Run, type RunLimits } from './run.ts';
import { MOST_ELEMENTS, MOST_TURNS } from './size-guard.ts';
import { readTensor, readTensorSync } from './values.ts';

/** Tensors in place of parameters. */
export type Replacement = (name: string) => tf.Tensor | undefined;

/** One run. */
export interface RunRequest {
  /** Values by name: inputs of the graph, or any values inside it (a cached activation). They stay the caller's. */
  readonly feeds: ReadonlyMap<string, Value>;
  /** Default: the outputs of the graph. */
  readonly outputs?: readonly string[];
  /**
   * Tensors in place of parameters (the variables of a training). They stay the caller's. One function must always
   * replace the same parameters; its tensors may be others each time.
   */
  readonly parameters?: Replacement;
  readonly training?: boolean;
  /** For dropout and the random operations. Default: always 0.5. */
  readonly random?: () => number;
  /** Bounds on what a run may make; default: {@link MOST_ELEMENTS} in one value, {@link MOST_TURNS} of loops. */
  readonly limits?: RunLimits;
}

/**
 * Runs one graph. Parameters are uploaded when first used and stay on the back-end until {@link dispose}; those from
 * which something else is computed once are uploaded only for that.
 */
export class GraphExecutor {
  readonly graph: Graph;
  private readonly plans = new Map<Graph, Map<string, Plan>>();
  private readonly constants = new Constants();
  private readonly replacedBy = new WeakMap<Replacement, ReadonlySet<string>>();

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
    this.constants.dispose();
    this.plans.clear();
  }

  private *start(request: RunRequest): Steps<Map<string, Value>> {
    const mode: RunMode = { training: request.training ?? false, random: request.random ?? (() => 0.5) };
    const host: CallHost = { mode, upload: (value) => this.constants.uploaded(value) };
    const outputs = [...new Set(request.outputs ?? this.graph.outputs)];
    const replaced = this.replaced(request.parameters);
    const run = new Run({
      host,
      constants: this.constants,
      replacement: request.parameters ?? (() => undefined),
      key: [...replaced].join('\n'),
      limits: request.limits ?? { elements: MOST_ELEMENTS, turns: MOST_TURNS },
      plan: (graph, given, wanted) => this.plan(graph, given, wanted, replaced),
    });
    const results = yield* run.graph(this.graph, request.feeds, outputs, null);
    return new Map(outputs.map((name, index) => [name, results[index] as Value]));
  }

  /** Names of the parameters that are replaced, in bodies too. */
  private replaced(replacement: Replacement | undefined): ReadonlySet<string> {
    if (replacement === undefined) return NOTHING_REPLACED;
    const known = this.replacedBy.get(replacement);
    if (known !== undefined) return known;
    const names = new Set(parameterNames(this.graph).filter((name) => replacement(name) !== undefined));
    this.replacedBy.set(replacement, names);
    return names;
  }

  /** The plan of a graph or body; made once for each set of given, wanted and replaced values. */
  private plan(
    graph: Graph,
    given: ReadonlyMap<string, Value>,
    wanted: readonly string[],
    replaced: ReadonlySet<string>,
  ): Plan {
    const key = JSON.stringify([[...given.keys()], wanted, replaced.size === 0 ? [] : [...replaced]]);
    const known = this.plans.get(graph) ?? new Map<string, Plan>();
    this.plans.set(graph, known);
    const plan = known.get(key) ?? planRun(graph, new Set(given.keys()), wanted, replaced);
    known.set(key, plan);
    return plan;
  }
}

const NOTHING_REPLACED: ReadonlySet<string> = new Set();

function parameterNames({ parameters, nodes }: Graph): string[] {
  const bodies = nodes.flatMap(({ attributes }) =>
    Object.values(attributes).flatMap((value) =>
      typeof value === 'object' && 'nodes' in value ? parameterNames(value) : [],
    ),
  );
  return [...parameters.keys(), ...bodies];
}
