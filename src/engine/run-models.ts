import { EngineError } from '../core/errors.ts';
import type { RunSummary } from '../core/run.ts';
import type { NoveltyModel } from '../evaluate/novelty.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import type { LinearHead } from '../train/linear-head.ts';
import { decodeRun } from '../train/run-weights.ts';
import type { ProjectSession } from './project-session.ts';

/** A run made usable: its trunk (the pre-trained one itself for a head-only run) and its head. */
export interface RunModel {
  readonly run: RunSummary;
  readonly cut: number;
  readonly network: TrunkNetwork;
  /** As it learned. */
  readonly head: LinearHead;
  /** At the run's temperature: what answers and what is exported. */
  readonly answerHead: LinearHead;
  /** Absent before the run is calibrated. */
  readonly novelty?: NoveltyModel;
  readonly seenIds: ReadonlySet<string>;
}

/** Fine-tuned networks kept ready: the live one and the one under evaluation. */
const KEPT = 2;

/** Models of stored runs, loaded when first asked for. */
export class RunModels {
  readonly #models = new Map<string, Promise<RunModel>>();

  /** @throws {EngineError} `not-found`, `project-damaged`. `trunk` is the pre-trained one of the run's model. */
  async get(session: ProjectSession, runId: string, trunk: TrunkNetwork): Promise<RunModel> {
    const known = this.#models.get(runId);
    if (known !== undefined) return known;
    const loading = load(session, runId, trunk);
    this.#models.set(runId, loading);
    loading.catch(() => this.#models.delete(runId));
    const [oldest] = this.#models.keys();
    if (this.#models.size > KEPT && oldest !== undefined) this.forget(oldest);
    return loading;
  }

  forget(runId: string): void {
    const model = this.#models.get(runId);
    this.#models.delete(runId);
    model?.then(disposeOwn).catch(() => undefined);
  }

  /** The trunks have gone, and with them everything built on them. */
  clear(): void {
    for (const runId of [...this.#models.keys()]) this.forget(runId);
  }
}

/** The stored run of an id. @throws {EngineError} `not-found`. */
export function findRun(session: ProjectSession, runId: string): RunSummary {
  const run = session.snapshot().runs.find(({ id }) => id === runId);
  if (run === undefined)
    throw new EngineError('not-found', `There is no run "${runId}". Choose another one.`, { runId });
  return run;
}

async function load(session: ProjectSession, runId: string, trunk: TrunkNetwork): Promise<RunModel> {
  const run = findRun(session, runId);
  const blob = await session.readRunWeights(runId);
  const { weights, seenIds, novelty } = await decodeRun(new Uint8Array(await blob.arrayBuffer()));
  const { head, cut, trunk: opened } = weights;
  if (head.featureSize !== trunk.featureSize || head.classes !== run.classes.length) {
    throw new EngineError(
      'project-damaged',
      `The model of run ${run.number} does not fit its classes. Train it again.`,
    );
  }
  const network = opened === null ? trunk : trunk.withWeights(opened);
  const answerHead = atTemperature(head, run.calibration?.temperature ?? 1);
  return { run, cut, network, head, answerHead, seenIds: new Set(seenIds), ...(novelty && { novelty }) };
}

/** The head whose logits are divided by a temperature. */
function atTemperature(head: LinearHead, temperature: number): LinearHead {
  if (temperature === 1) return head;
  const divided = (values: Float32Array) => Float32Array.from(values, (value) => value / temperature);
  return { ...head, weights: divided(head.weights), bias: divided(head.bias) };
}

function disposeOwn({ network, cut }: RunModel): void {
  // A head-only run uses the shared trunk.
  if (cut < network.blocks.length) network.dispose();
}
