import type { DatasetState } from '../core/dataset.ts';
import type { CallContext, EngineHandlers } from '../core/engine-api.ts';
import { assertNotAborted, EngineError } from '../core/errors.ts';
import type { EvaluationReport, Prediction } from '../core/evaluation.ts';
import { FREE_OPENINGS, type Opening, opensBeyondFree, timesOpened, withOpening } from '../core/openings.ts';
import { createRng } from '../core/rng.ts';
import type { EpochLog, RunCalibration, RunSummary } from '../core/run.ts';
import type { SplitRecord } from '../core/split.ts';
import type { OpenPlan, TrainSettings } from '../core/train-settings.ts';
import { FAKE_BLOCKS } from './fake-models.ts';

type TrainingKind =
  | Extract<keyof EngineHandlers, `train.${string}` | `runs.${string}` | `predict.${string}`>
  | Extract<keyof EngineHandlers, `calibrate.${string}`>
  | 'evaluate.run'
  | 'evaluate.learningCurve'
  | 'evaluate.baseline'
  | 'instant.update';

/** The fake engine's runs: curves that fall, a test result of about 90 %, predictions that favour one class. */
export interface FakeTraining {
  runs(): readonly RunSummary[];
  reports(): Readonly<Record<string, EvaluationReport>>;
  openings(): readonly Opening[];
  activeRunId(): string | null;
  reset(): void;
  readonly handlers: Pick<EngineHandlers, TrainingKind>;
}

interface FakeTrainingSource {
  state(): DatasetState;
  split(): SplitRecord | null;
}

export function createFakeTraining(
  data: FakeTrainingSource,
  wait: (signal: AbortSignal) => Promise<void>,
): FakeTraining {
  let runs: RunSummary[] = [];
  let reports: Record<string, EvaluationReport> = {};
  let openings: readonly Opening[] = [];
  let active: string | null = null;
  let control: 'run' | 'pause' | 'stop' = 'run';
  let nextNumber = 1;

  async function train(
    settings: TrainSettings,
    { signal, emit }: CallContext<'train.start'>,
  ): Promise<RunSummary> {
    const split = data.split();
    if (split === null) throw new EngineError('not-ready', 'Split the data first.');
    if (data.state().classes.length < 2) throw new EngineError('too-few-classes', 'Two classes are needed.');
    control = 'run';
    emit({ kind: 'stage', stage: 'features' });
    const total = split.train.length;
    emit({ kind: 'features', done: total, total });
    emit({ kind: 'stage', stage: 'training' });
    const epochs: EpochLog[] = [];
    let status: RunSummary['status'] = 'done';
    for (let epoch = 0; epoch <= settings.epochs; epoch++) {
      await wait(signal);
      if (isControl('pause')) {
        emit({ kind: 'paused' });
        while (isControl('pause')) await wait(signal);
        emit({ kind: 'resumed' });
      }
      assertNotAborted(signal);
      if (isControl('stop')) {
        status = 'stopped';
        break;
      }
      const batches = Math.ceil(total / settings.batchSize);
      if (epoch > 0)
        emit({ kind: 'batch', epoch, batch: batches, batches, loss: 1 / (epoch + 1), remainingMs: 0 });
      const log = fakeEpoch(epoch);
      epochs.push(log);
      emit({ kind: 'epoch', log, bestEpoch: epoch });
    }
    const run: RunSummary = {
      id: `run-${nextNumber}`,
      number: nextNumber++,
      status,
      modelId: 'mobilenet-v3-small',
      settings,
      splitHash: split.hash,
      datasetRevision: data.state().revision,
      classes: data.state().classes,
      epochs,
      bestEpoch: Math.max(0, epochs.length - 1),
      backend: 'wasm',
      ...fakeParameters(settings.open, data.state().classes.length),
      startedAtMs: 0,
      seconds: { features: 1, train: 2 },
    };
    runs = [...runs, run];
    active = run.id;
    return run;
  }
  const change = (runId: string, calibration: RunCalibration): RunSummary => {
    const run = runs.find(({ id }) => id === runId);
    if (run === undefined) throw new EngineError('not-found', `There is no run "${runId}".`);
    const changed = { ...run, calibration };
    runs = runs.map((one) => (one.id === runId ? changed : one));
    return changed;
  };
  // A function, because the compiler would narrow `control` to its last assigned value.
  const isControl = (value: typeof control): boolean => control === value;

  const predict = async (seed: number, runId: string | undefined): Promise<Prediction> => {
    const { classes } = data.state();
    if (classes.length < 2)
      throw new EngineError('not-ready', 'Two classes with three pictures each are needed.');
    const id = runId ?? active;
    const run = runs.find((one) => one.id === id);
    return Promise.resolve({
      classIds: classes.map((one) => one.id),
      probabilities: fakeProbabilities(classes.length, seed % classes.length),
      speaker: run ? { kind: 'run', runId: run.id, bestEpoch: run.bestEpoch } : { kind: 'instant' },
      elapsedMs: 12,
    });
  };

  return {
    runs: () => runs,
    reports: () => reports,
    openings: () => openings,
    activeRunId: () => active,
    reset() {
      runs = [];
      reports = {};
      openings = [];
      active = null;
      nextNumber = 1;
    },
    handlers: {
      'train.estimate': ({ settings }) =>
        Promise.resolve({
          ...fakeParameters(settings.open, data.state().classes.length),
          seconds: settings.open.kind === 'head' ? 4 : 60,
          memoryBytes: 200e6,
          storedBytes: 4 * fakeParameters(settings.open, data.state().classes.length).trainableParameters,
        }),
      'train.start': ({ settings }, context) => train(settings, context),
      'train.unfinished': () => Promise.resolve(null),
      'train.continue': ({ runId }) =>
        Promise.reject(new EngineError('not-found', `There is no run "${runId}".`)),
      'train.pause': async () => Promise.resolve(void (control = 'pause')),
      'train.resume': async () => Promise.resolve(void (control = 'run')),
      'train.stop': async () => Promise.resolve(void (control = 'stop')),
      async 'runs.delete'({ runId }) {
        runs = runs.filter(({ id }) => id !== runId);
        if (active === runId) active = null;
        return Promise.resolve();
      },
      'runs.activate': async ({ runId }) => Promise.resolve(void (active = runId)),
      async 'evaluate.run'({ runId, side, confirmed = false }, { emit, signal }) {
        await wait(signal);
        const split = data.split();
        if (split === null || split[side].length === 0) {
          throw new EngineError('no-test-samples', 'No picture is kept aside for the exam.');
        }
        if (side === 'test' && !confirmed && opensBeyondFree(openings, split.hash, [runId])) {
          const opened = timesOpened(openings, split.hash);
          throw new EngineError('test-set-sealed', 'Sealed.', { opened, free: FREE_OPENINGS });
        }
        emit({ done: split[side].length, total: split[side].length });
        const report = fakeReport(runId, side, split, data.state());
        reports = { ...reports, [runId]: report };
        openings = withOpening(openings, report);
        return report;
      },
      async 'evaluate.learningCurve'(_, { emit, signal }) {
        emit({ done: 1, total: 2 });
        await wait(signal);
        const { classes } = data.state();
        const truth = Array.from({ length: 40 }, (_one, at) => at % Math.max(1, classes.length));
        const points = [0.1, 0.25, 0.5, 1].map((fraction) => ({
          fraction,
          repeats: [
            {
              samples: classes.map(() => Math.round(80 * fraction)),
              right: truth.map((_one, at) => (at % 10) / 10 < 0.6 + 0.3 * fraction),
            },
          ],
        }));
        const splitHash = data.split()?.hash ?? '';
        return {
          modelId: 'mobilenet-v3-small',
          splitHash,
          classIds: classes.map(({ id }) => id),
          truth,
          points,
        };
      },
      async 'evaluate.baseline'(_, { signal }) {
        await wait(signal);
        const split = data.split();
        if (split === null) throw new EngineError('no-test-samples', 'No text is kept aside for the exam.');
        const { classIds, predictions, splitHash } = fakeReport('baseline', 'test', split, data.state());
        return { classIds, predictions, splitHash };
      },
      async 'calibrate.run'({ runId }, { signal }) {
        await wait(signal);
        return change(runId, {
          temperature: 1.4,
          samples: data.split()?.validation.length ?? 0,
          splitHash: data.split()?.hash ?? '',
          noveltyThreshold: 1.2,
          abstainBelow: 0,
        });
      },
      async 'calibrate.abstain'({ runId, below }) {
        const known = runs.find(({ id }) => id === runId)?.calibration;
        if (known === undefined) throw new EngineError('not-ready', 'Calibrate the run first.');
        return Promise.resolve(change(runId, { ...known, abstainBelow: below }));
      },
      async 'predict.bitmap'({ bitmap, runId }) {
        const seed = bitmap.width;
        bitmap.close();
        return predict(seed, runId);
      },
      'predict.sound': ({ samples, runId }) => predict(samples.length, runId),
      'predict.file': ({ file, runId }) => predict(file.size, runId),
      async 'instant.update'() {
        const { classes, samples } = data.state();
        const counts = classes.map(
          ({ id }) => [...samples.values()].filter((one) => one.classId === id).length,
        );
        const ready = counts.filter((count) => count >= 3).length >= 2;
        return Promise.resolve({ ready, samples: samples.size, elapsedMs: 5 });
      },
    },
  };
}

function fakeEpoch(epoch: number): EpochLog {
  const loss = 0.2 + 0.8 / (1 + epoch);
  return {
    epoch,
    trainLoss: loss,
    trainAccuracy: 1 - loss / 4,
    validationLoss: loss * 1.1,
    validationAccuracy: 1 - loss / 3,
    elapsedMs: 100,
  };
}

function fakeParameters(open: OpenPlan, classes: number) {
  const total = FAKE_BLOCKS.reduce((sum, one) => sum + one.parameters, 0);
  const count = open.kind === 'all' ? FAKE_BLOCKS.length : open.kind === 'last' ? open.blocks : 0;
  const opened = FAKE_BLOCKS.slice(FAKE_BLOCKS.length - count).reduce((sum, one) => sum + one.parameters, 0);
  const head = 577 * classes;
  return { trainableParameters: opened + head, totalParameters: total + head };
}

function fakeProbabilities(classes: number, winner: number): number[] {
  return Array.from({ length: classes }, (_, index) => (index === winner ? 0.8 : 0.2 / (classes - 1)));
}

function fakeReport(
  runId: string,
  side: EvaluationReport['side'],
  split: SplitRecord,
  { classes, samples }: DatasetState,
): EvaluationReport {
  const rng = createRng(1);
  const predictions = split[side].map((id) => {
    const truth = classes.findIndex((one) => one.id === samples.get(id)?.classId);
    const predicted = rng.next() < 0.9 ? truth : (truth + 1) % classes.length;
    return { id, truth, predicted, probabilities: fakeProbabilities(classes.length, predicted) };
  });
  const confusion = classes.map((_, row) =>
    classes.map((__, column) => predictions.filter((p) => p.truth === row && p.predicted === column).length),
  );
  const correct = predictions.filter((p) => p.truth === p.predicted).length;
  const accuracy = correct / predictions.length;
  return {
    runId,
    side,
    splitHash: split.hash,
    classIds: classes.map(({ id }) => id),
    total: predictions.length,
    correct,
    accuracy,
    accuracyInterval: { low: Math.max(0, accuracy - 0.08), high: Math.min(1, accuracy + 0.06) },
    confusion,
    perClass: classes.map(({ id }, index) => {
      const support = predictions.filter((p) => p.truth === index).length;
      return {
        classId: id,
        support,
        precision: accuracy,
        recall: support > 0 ? accuracy : null,
        f1: accuracy,
      };
    }),
    macroF1: accuracy,
    predictions,
    evaluatedAtMs: 0,
  };
}
