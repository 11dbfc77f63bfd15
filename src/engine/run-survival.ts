/**
 * @file How a run outlives what happens around it: it goes on from its last checkpoint, in this thread after its device
 * went away or its memory ran out, and in another one after a reload.
 */
import { EngineError } from '../core/errors.ts';
import type { Rescue, RunSummary, TrainEvent, UnfinishedRun } from '../core/run.ts';
import type { TrainSettings } from '../core/train-settings.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import { deleteCheckpoints, keepCheckpointsOf, readCheckpoints } from '../persist/checkpoints.ts';
import { decodeCheckpoint, type StoredCheckpoint } from '../train/checkpoint-file.ts';
import type { TrainControl } from '../train/train-control.ts';
import type { EngineState } from './engine-state.ts';
import type { ProjectSession } from './project-session.ts';
import { draftRun, earlierWeights, executeRun, trainingData } from './training.ts';

/** Losses of a device, or of memory, that one run is carried through. */
const MOST_RESCUES = 4;

export interface RunStart {
  readonly runId: string;
  readonly settings: TrainSettings;
  /** The run with whose weights it begins. */
  readonly from?: string;
}

/** What a run is tried with. */
interface Attempt {
  readonly batchSize: number;
  /** `null`: the project's. */
  readonly backend: 'auto' | null;
  /** Why it is not the first. */
  readonly rescue: Rescue['reason'] | null;
}

/** What a call that trains gets. */
export interface RunContext {
  readonly signal: AbortSignal;
  readonly emit: (event: TrainEvent) => void;
}

interface RunHands {
  readonly context: RunContext;
  readonly control: TrainControl;
}

/**
 * A run to its end. When its device goes away or memory runs out it goes back to the last checkpoint with half the
 * batch: on another back-end if the device is gone, or if memory runs out again.
 */
export async function survive(state: EngineState, start: RunStart, hands: RunHands): Promise<RunSummary> {
  let attempt: Attempt = { batchSize: start.settings.batchSize, backend: null, rescue: null };
  const session = await state.session();
  // Those of earlier runs are of runs that nobody went on with.
  await keepCheckpointsOf(session.store, [start.runId]);
  for (let rescues = 0; ; rescues++) {
    try {
      return await runOnce(state, start, attempt, hands);
    } catch (thrown) {
      const rescue = reasonOf(thrown);
      if (rescue === null || hands.context.signal.aborted || rescues === MOST_RESCUES) throw thrown;
      const again = attempt.rescue !== null;
      const backend = state.room.device?.backend;
      if (rescue === 'out-of-memory' && again && backend !== undefined) state.room.giveUp(backend);
      attempt = {
        batchSize: Math.max(1, Math.floor(attempt.batchSize / 2)),
        backend: again || rescue === 'device-lost' ? 'auto' : attempt.backend,
        rescue,
      };
    }
  }
}

function runOnce(
  state: EngineState,
  { runId, settings, from: earlier }: RunStart,
  { batchSize, backend, rescue }: Attempt,
  { context, control }: RunHands,
): Promise<RunSummary> {
  const { signal, emit } = context;
  emit({ kind: 'stage', stage: 'loading' });
  return state.use({ signal, ...(backend && { backend }) }, async (compute, session) => {
    checkPlan(settings, compute.trunk);
    const data = await trainingData(session, { signal: compute.signal, emit: () => undefined });
    const from = await latestCheckpoint(session, runId);
    const effective = { ...settings, batchSize: Math.min(batchSize, from?.batchSize ?? batchSize) };
    if (rescue !== null) {
      emit({
        kind: 'rescued',
        reason: rescue,
        epoch: from?.checkpoint.epoch ?? 0,
        batchSize: effective.batchSize,
        rateFactor: from?.checkpoint.rateFactor ?? 1,
        backend: compute.device.backend,
      });
    }
    const known = session.snapshot().runs.find(({ id }) => id === runId);
    const start =
      earlier === undefined ? null : await earlierWeights(session, earlier, { settings, data, compute });
    const draft = known ?? {
      ...draftRun(runId, { session, data, settings, compute }),
      ...(earlier !== undefined && { startedFrom: earlier }),
    };
    return executeRun({ session, data, settings: effective, compute, control, emit, draft, from, start });
  });
}

function checkPlan({ open, tuning, begin }: TrainSettings, trunk: TrunkNetwork): void {
  if (begin === 'random' && (open.kind !== 'all' || tuning.kind !== 'weights' || tuning.names !== '')) {
    throw new EngineError('not-ready', 'To begin with random weights, all of them have to learn.');
  }
  if (open.kind === 'head' || (trunk.trainable && (begin === undefined || trunk.definition !== undefined)))
    return;
  throw new EngineError(
    'model-unsupported',
    'The trunk of this model cannot be opened. Train the head only, or choose another model.',
  );
}

/** The later of the two checkpoints of a run that can be read; `null` if there is none. */
export async function latestCheckpoint(
  session: ProjectSession,
  runId: string,
): Promise<StoredCheckpoint | null> {
  const slots = await readCheckpoints(session.store, runId);
  const decoded = await Promise.all(slots.map((bytes) => decodeCheckpoint(bytes).catch(() => null)));
  return decoded
    .filter((one) => one !== null)
    .reduce<StoredCheckpoint | null>(
      (latest, one) => (latest === null || one.sequence > latest.sequence ? one : latest),
      null,
    );
}

/** The latest run, if it was cut off and has a checkpoint. */
export async function findUnfinished(session: ProjectSession): Promise<UnfinishedRun | null> {
  const { runs, split } = session.snapshot();
  const run = runs.at(-1);
  if (run?.status !== 'interrupted') return null;
  const stored = await latestCheckpoint(session, run.id);
  if (stored === null) return null;
  return {
    runId: run.id,
    number: run.number,
    epoch: Math.max(1, stored.checkpoint.epoch),
    epochs: run.settings.epochs,
    savedAtMs: stored.savedAtMs,
    stale: run.datasetRevision !== session.data.dataset().revision || run.splitHash !== split?.hash,
  };
}

/** Deletes a run with everything that is kept of it. */
export async function eraseRun(session: ProjectSession, runId: string): Promise<void> {
  await session.deleteRun(runId);
  await deleteCheckpoints(session.store, runId);
}

/** Back-ends and browsers have no common error for this; these are the words of those seen, or of their sources. */
const MEMORY_WORDS =
  /out of memory|bad_alloc|\bOOM\b|allocation fail|could not allocate|memory access out of bounds|memory size exceeded|failed to grow memory|cannot enlarge memory|unable to create WebGLTexture|invalid (typed )?array (buffer )?length/i;

/** Why a run can be carried on after an error; `null`: it cannot. */
export function reasonOf(thrown: unknown): Rescue['reason'] | null {
  if (thrown instanceof EngineError) {
    return thrown.code === 'device-lost' || thrown.code === 'out-of-memory' ? thrown.code : null;
  }
  return thrown instanceof Error && MEMORY_WORDS.test(thrown.message) ? 'out-of-memory' : null;
}
