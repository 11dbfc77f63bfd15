import type { CallParams, EngineHandlers } from '../core/engine-api.ts';
import { assertNotAborted, EngineError } from '../core/errors.ts';
import type { ExportedModel } from '../core/export.ts';
import { timesOpened } from '../core/openings.ts';
import { spread } from '../explain/stress.ts';
import { classifierGraph } from '../export/classifier-graph.ts';
import { exportModel } from '../export/export-model.ts';
import { modelCard } from '../export/model-card.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import type { LinearHead } from '../train/linear-head.ts';
import type { EngineState } from './engine-state.ts';
import type { ComputeContext } from './model-room.ts';
import { pictureSide } from './picture-side.ts';
import { pooledFeatures } from './pooled-features.ts';
import type { ProjectSession } from './project-session.ts';
import { findRun, type RunModel } from './run-models.ts';
import { answer } from './use-handlers.ts';

type ExportKind = Extract<keyof EngineHandlers, `export.${string}`>;

/** Pictures of the person's that a file is asked about. */
const PICTURES = 16;

/** Rows that hand out a trained model for use elsewhere. */
export function exportHandlers(state: EngineState): Pick<EngineHandlers, ExportKind> {
  return { 'export.model': (params, { signal }) => toFile(state, params, signal) };
}

/** What is exported: a run, or the head that is fitted at once. */
interface Answering {
  readonly network: TrunkNetwork;
  readonly head: LinearHead;
  readonly classes: readonly { readonly id: string; readonly name: string }[];
  readonly run: RunModel['run'] | null;
}

/** The run that is asked for, else the active one, else the head that is fitted at once. */
async function toFile(
  state: EngineState,
  request: CallParams<'export.model'>,
  signal: AbortSignal,
): Promise<ExportedModel> {
  const session = await state.session();
  const wanted = request.runId ?? session.snapshot().activeRunId;
  const { modelId } = wanted === null ? session.snapshot().settings : findRun(session, wanted);
  return state.use({ signal, modelId }, async (compute) => {
    const { info, signal: life } = compute;
    const { network, head, classes, run } = await answeringModel(state, session, wanted, compute);
    const inputSize = pictureSide(network);
    assertNotAborted(life);
    const { card: base } = info;
    const { title, language, format, precision } = request;
    return exportModel(
      {
        graph: classifierGraph(definitionOf(network, base.name), head),
        inputSize,
        labels: classes.map(({ name }) => name),
        ...{ title, language, base },
        temperature: run?.calibration?.temperature ?? 1,
        abstainBelow: run?.calibration?.abstainBelow ?? 0,
      },
      async (pixels) => answer(head, await pooledFeatures(network, pixels)),
      {
        ...{ format, precision, signal: life },
        pictures: await somePictures(session, inputSize, life),
        card: modelCard({ title, base, run, classes: counted(session, classes), exam: examOf(session, run) }),
      },
    );
  });
}

async function answeringModel(
  state: EngineState,
  session: ProjectSession,
  runId: string | null,
  { trunk, modelId }: ComputeContext,
): Promise<Answering> {
  const names = new Map(session.data.dataset().classes.map(({ id, name }) => [id, name]));
  if (runId === null) {
    const { instant } = state;
    if (instant === null || instant.modelId !== modelId) {
      throw new EngineError('not-ready', 'There is no model to export yet. Train one first.');
    }
    const classes = instant.classIds.map((id) => ({ id, name: names.get(id) ?? id }));
    return { network: trunk, head: instant.head, classes, run: null };
  }
  const { run, network, answerHead } = await state.runModels.get(session, runId, trunk);
  const classes = run.classes.map(({ id, name }) => ({ id, name: names.get(id) ?? name }));
  return { network, head: answerHead, classes, run };
}

/** What a run scored on the test set, if the split is still that of its exam. */
function examOf(session: ProjectSession, run: Answering['run']) {
  const { reports, openings } = session.snapshot();
  const report = run === null ? undefined : reports[run.id];
  if (report?.side !== 'test' || report.splitHash !== session.data.split()?.hash) return null;
  return { ...report, opened: timesOpened(openings, report.splitHash) };
}

function definitionOf({ definition }: TrunkNetwork, model: string) {
  if (definition !== undefined) return definition;
  throw new EngineError('model-unsupported', `${model} runs as it came and cannot be written.`, { model });
}

/** Spread over all samples. */
async function somePictures({ data }: ProjectSession, size: number, signal: AbortSignal) {
  const picked = spread([...data.dataset().samples.keys()], PICTURES);
  const pictures = await Promise.all(picked.map((id) => data.pixels.pixels(id, size, { signal })));
  return pictures.map((pixels) => Float32Array.from(pixels));
}

function counted(session: ProjectSession, classes: Answering['classes']) {
  const counts = new Map<string, number>();
  for (const { classId } of session.data.dataset().samples.values()) {
    counts.set(classId, (counts.get(classId) ?? 0) + 1);
  }
  return classes.map(({ id, name }) => ({ name, pictures: counts.get(id) ?? 0 }));
}
