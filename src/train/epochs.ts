/** @file The epochs of a run: steps, scores, the best so far, checkpoints, and the one way back from a loss gone wild. */
import { assertNotAborted, EngineError } from '../core/errors.ts';
import { createPacer, nextTask } from '../core/pacing.ts';
import { createRng, deriveSeed, shuffled } from '../core/rng.ts';
import type { EpochLog, TrainEvent } from '../core/run.ts';
import type { TrainSettings } from '../core/train-settings.ts';
import { createCheckpointClock, type TrainCheckpoint } from './checkpoint.ts';
import { NO_BEST, nextBest } from './early-stop.ts';
import { plainExample, trainExamples } from './examples.ts';
import type { Example, Learner } from './learner.ts';
import type { Standardiser } from './linear-head.ts';
import { createMeter } from './meter.ts';
import { scheduleFactor } from './schedule.ts';
import type { TrainOutcome, TrainTask } from './train-task.ts';

export interface EpochsOptions {
  readonly task: TrainTask;
  readonly learner: Learner;
  /** Goes into checkpoints. */
  readonly standardiser: Standardiser;
  /** Ids that moved a weight so far; grows with the steps. */
  readonly seenIds: ReadonlySet<string>;
  readonly cut: number;
}

export type EpochsOutcome = Pick<TrainOutcome, 'status' | 'weights' | 'epochs' | 'bestEpoch' | 'failure'>;

/** A tenth of the rate, once: what the message of the error advises. */
const RESCUE_FACTOR = 0.1;

/** From the task's checkpoint or from epoch 0 (the closed-form head) to the end. */
export async function* runEpochs(options: EpochsOptions): AsyncGenerator<TrainEvent, EpochsOutcome> {
  return yield* new Epochs(options).run();
}

type PassEnd = 'complete' | 'stopped' | EngineError;

class Epochs {
  readonly #options: EpochsOptions;
  readonly #clock = createCheckpointClock();
  readonly #checks: readonly Example[];
  readonly #batches: number;
  readonly #meter: ReturnType<typeof createMeter>;
  #now: Omit<TrainCheckpoint, 'learner' | 'seenIds' | 'standardiser'>;
  /** The last place to go back to; `null` once that has been done. */
  #wayBack: TrainCheckpoint | null = null;
  #rescued: boolean;

  constructor(options: EpochsOptions) {
    const { settings, train, validation, checkpoint } = options.task;
    this.#options = options;
    this.#checks = validation.map(plainExample);
    this.#batches = Math.ceil(train.length / settings.batchSize);
    this.#meter = createMeter(this.#batches * settings.epochs);
    this.#now = checkpoint ?? {
      epoch: 0,
      offset: 0,
      orderState: deriveSeed(settings.seed, 'order'),
      pass: { loss: 0, accuracy: 0 },
      epochs: [],
      best: { state: NO_BEST, weights: { head: EMPTY_HEAD, cut: options.cut, trunk: null } },
      rateFactor: 1,
    };
    this.#rescued = this.#now.rateFactor < 1;
    this.#wayBack = checkpoint ?? null;
  }

  async *run(): AsyncGenerator<TrainEvent, EpochsOutcome> {
    const { task, learner } = this.#options;
    const { settings, control, signal } = task;
    // A run that goes on tells again what was, so that its curves are whole.
    for (const log of this.#now.epochs)
      yield { kind: 'epoch', log, bestEpoch: this.#now.best.state.bestEpoch };
    for (;;) {
      const startedMs = performance.now();
      const { epoch, orderState } = this.#now;
      const rng = createRng(orderState);
      let train = { loss: 0, accuracy: 0 };
      if (epoch === 0) train = await learner.evaluate(task.train.map(plainExample));
      else {
        const order = shuffled(task.train, rng);
        const end = yield* this.#pass(trainExamples({ ...task, train: order }, this.#options.cut, epoch));
        if (end === 'stopped') return this.#ended('stopped');
        if (end !== 'complete') {
          if (!this.#goBack()) return this.#ended('failed', end);
          const { epoch: from, rateFactor } = this.#now;
          const { batchSize } = settings;
          yield { kind: 'rescued', reason: 'loss-not-finite', epoch: from, batchSize, rateFactor };
          continue;
        }
        train = this.#now.pass;
      }
      const check = this.#checks.length > 0 ? await learner.evaluate(this.#checks) : null;
      assertNotAborted(signal);
      const log: EpochLog = {
        epoch,
        trainLoss: train.loss,
        trainAccuracy: train.accuracy,
        validationLoss: check?.loss ?? null,
        validationAccuracy: check?.accuracy ?? null,
        elapsedMs: performance.now() - startedMs,
      };
      const stop = await this.#close(log, rng.state());
      yield { kind: 'epoch', log, bestEpoch: this.#now.best.state.bestEpoch };
      if (stop) return this.#ended('early-stopped');
      if (epoch === settings.epochs) return this.#ended('done');
      if (this.#clock.isDue(true)) await this.#keep();
      if (control.state() === 'stop') return this.#ended('stopped');
    }
  }

  /** Notes an epoch and whether it is the best; answers whether patience has run out. */
  async #close(log: EpochLog, orderState: number): Promise<boolean> {
    const { task, learner } = this.#options;
    const { best, epochs, rateFactor } = this.#now;
    const patience = this.#checks.length > 0 ? task.settings.patience : 0;
    // Without a validation side there is nothing honest to choose by: the last epoch counts.
    const decision = nextBest(best.state, log.epoch, log.validationLoss ?? -log.epoch, patience);
    const weights = decision.improved || log.epoch === 0 ? await learner.weights() : best.weights;
    this.#now = {
      epoch: log.epoch + 1,
      offset: 0,
      orderState,
      pass: { loss: 0, accuracy: 0 },
      epochs: [...epochs, log],
      best: { state: decision.state, weights },
      rateFactor,
    };
    if (decision.improved) await task.onBest?.(weights, this.#now.epochs, decision.state.bestEpoch);
    return decision.stop;
  }

  /** The rest of an epoch, from the place where it is. */
  async *#pass(examples: readonly Example[]): AsyncGenerator<TrainEvent, PassEnd> {
    const { task, learner } = this.#options;
    const { settings, control, signal } = task;
    const total = this.#batches * settings.epochs;
    const pace = createPacer();
    while (this.#now.offset < examples.length) {
      await (learner.shortSteps ? pace() : nextTask());
      assertNotAborted(signal);
      if (control.state() === 'pause') {
        // Who pauses may be about to close the lid.
        await this.#keep();
        yield { kind: 'paused' };
        await control.gate(signal);
        yield { kind: 'resumed' };
      }
      if (control.state() === 'stop') return 'stopped';
      const { epoch, offset, rateFactor, pass } = this.#now;
      const part = examples.slice(offset, offset + settings.batchSize);
      // By samples, not by steps: a rescued run may have smaller batches than those that came before.
      const batch = Math.floor(offset / settings.batchSize);
      const step = (epoch - 1) * this.#batches + batch;
      const score = await learner.step(part, scheduleFactor(step, total, settings.warmup) * rateFactor);
      if (!Number.isFinite(score.loss)) return lossNotFinite(settings, rateFactor, epoch, batch);
      this.#now = {
        ...this.#now,
        offset: offset + part.length,
        pass: {
          loss: pass.loss + (score.loss * part.length) / examples.length,
          accuracy: pass.accuracy + (score.accuracy * part.length) / examples.length,
        },
      };
      const rate = this.#meter.tick(step + 1);
      if (rate !== null)
        yield { kind: 'batch', epoch, batch: batch + 1, batches: this.#batches, loss: score.loss, ...rate };
      if (this.#clock.isDue(false)) await this.#keep();
    }
    return 'complete';
  }

  /** Takes a checkpoint, as a way back and for whoever keeps it. */
  async #keep(): Promise<void> {
    const { task, learner, standardiser, seenIds } = this.#options;
    const startedMs = performance.now();
    const taken = { ...this.#now, learner: await learner.state(), standardiser, seenIds: [...seenIds] };
    if (!taken.learner.parameters.every(Number.isFinite)) return;
    this.#wayBack = taken;
    await task.onCheckpoint?.(taken);
    this.#clock.kept(performance.now() - startedMs);
  }

  /** Goes back to the last checkpoint with a lower rate. False: there is none, or it has been done before. */
  #goBack(): boolean {
    const back = this.#wayBack;
    if (this.#rescued || back === null) return false;
    this.#options.learner.restore(back.learner);
    this.#now = { ...back, rateFactor: back.rateFactor * RESCUE_FACTOR };
    this.#rescued = true;
    return true;
  }

  #ended(status: EpochsOutcome['status'], failure: EngineError | null = null): EpochsOutcome {
    const { epochs, best } = this.#now;
    return { status, weights: best.weights, epochs, bestEpoch: best.state.bestEpoch, failure };
  }
}

/** Before epoch 0 has been scored there is no best state; nobody sees this one. */
const EMPTY_HEAD = { featureSize: 0, classes: 0, weights: new Float32Array(0), bias: new Float32Array(0) };

function lossNotFinite(
  { open, headLearningRate, trunkLearningRate }: TrainSettings,
  rateFactor: number,
  epoch: number,
  batch: number,
): EngineError {
  const rate =
    rateFactor * (open.kind === 'head' ? headLearningRate : Math.max(headLearningRate, trunkLearningRate));
  return new EngineError(
    'loss-not-finite',
    `The loss was no longer a number in epoch ${epoch}, step ${batch + 1}: the learning rate ${rate} is too large ` +
      `for these pictures. The best state before is kept. Try a tenth of it.`,
    { epoch, batch: batch + 1, learningRate: rate, suggestedLearningRate: rate / 10 },
  );
}
