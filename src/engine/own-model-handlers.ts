import type { CallContext, EngineHandlers } from '../core/engine-api.ts';
import { assertNotAborted, EngineError } from '../core/errors.ts';
import type { ModelReport, ModelSource } from '../core/own-model.ts';
import { isOwnModel } from '../core/own-model.ts';
import { CATALOGUE } from '../models/catalogue.ts';
import { fetchModel } from '../models/own/fetch-model.ts';
import { type Bench, Inspection } from '../models/own/inspection.ts';
import { unpacked } from '../models/own/model-files.ts';
import { readModel } from '../models/own/read-model.ts';
import { openPartStore } from '../models/part-store.ts';
import type { EngineState } from './engine-state.ts';

type OwnKind = Extract<keyof EngineHandlers, `model.${string}`>;

/** Rows about a model that a person brings. */
export function ownModelHandlers(state: EngineState): Pick<EngineHandlers, OwnKind> {
  const { own } = state;
  return {
    'model.inspect': ({ source }, context) => inspect(state, source, context),
    'model.check': ({ inspectionId, settings }, { signal }) =>
      onBench(state, signal, ignore, (bench) => own.inspection(inspectionId).check(settings, bench)),
    'model.adopt': ({ inspectionId, settings, name }, { signal }) =>
      onBench(state, signal, ignore, async (bench) => {
        const check = await own.inspection(inspectionId).check(settings, bench);
        if (!check.ok) throw new EngineError(check.error.code, check.error.message, check.error.detail);
        return own.adopt(inspectionId, name, settings, check);
      }),
    'model.dismiss': () => own.dismiss(),
    async 'model.forget'({ modelId }) {
      if (!isOwnModel(modelId)) throw new EngineError('not-found', `"${modelId}" is no own model.`);
      await own.forget(modelId);
      await state.room.forget(modelId);
    },
  };
}

async function inspect(
  state: EngineState,
  source: ModelSource,
  { signal, emit }: CallContext<'model.inspect'>,
): Promise<ModelReport> {
  await state.own.dismiss();
  const { files, release } = await filesOf(source, { signal, emit });
  try {
    emit({ kind: 'stage', stage: 'reading' });
    const inspection = new Inspection(await readModel(await unpacked(files, signal)));
    assertNotAborted(signal);
    const id = crypto.randomUUID();
    const report = await onBench(
      state,
      signal,
      (stage) => emit({ kind: 'stage', stage }),
      (bench) => inspection.report(id, bench),
    );
    assertNotAborted(signal);
    await state.own.begin({ id, inspection, release });
    return report;
  } catch (thrown) {
    // What was fetched whole is kept for another try only while it may still be taken.
    if (!signal.aborted) await release();
    throw thrown;
  }
}

async function filesOf(source: ModelSource, { signal, emit }: CallContext<'model.inspect'>) {
  if ('files' in source) return { files: source.files, release: () => Promise.resolve() };
  const { files, forget } = await fetchModel(source.url, {
    signal,
    store: await openPartStore(),
    onProgress: (progress) => emit({ kind: 'download', ...progress }),
  });
  return { files, release: forget };
}

/** Works with the open back-end. Where the project's own model cannot be measured, the first of the catalogue is. */
async function onBench<T>(
  state: EngineState,
  signal: AbortSignal,
  onStage: Bench['onStage'],
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  const { settings } = (await state.session()).snapshot();
  const modelIds = [settings.modelId, CATALOGUE[0]?.card.id ?? settings.modelId];
  return state.room.compute({ modelIds, backend: settings.backend, signal }, ({ device, signal: life }) =>
    work({ backend: device.backend, onStage, assertGoing: () => assertNotAborted(life) }),
  );
}

const ignore = (): void => undefined;
