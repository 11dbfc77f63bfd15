import { EngineError } from '../core/errors.ts';
import type { EvaluationReport } from '../core/evaluation.ts';
import { type Opening, withOpening } from '../core/openings.ts';
import type { BitmapReader, PixelSource } from '../core/pixel-source.ts';
import type { ProjectSettings, ProjectSnapshot } from '../core/project.ts';
import type { RunSummary } from '../core/run.ts';
import { DEFAULT_SPLIT } from '../core/split.ts';
import { DEFAULT_TRAIN_SETTINGS } from '../core/train-settings.ts';
import type { TrunkInput } from '../core/trunk-input.ts';
import { createFakeData } from './fake-data.ts';

/** Blobs in a map. */
export function createMemoryBlobs() {
  const records = new Map<string, Blob>();
  return {
    kind: 'memory' as const,
    records,
    read: (path: string) => Promise.resolve(records.get(path) ?? null),
    write(path: string, bytes: Uint8Array<ArrayBuffer> | Blob) {
      records.set(path, new Blob([bytes]));
      return Promise.resolve();
    },
    delete(path: string) {
      records.delete(path);
      return Promise.resolve();
    },
    list: (folder: string) =>
      Promise.resolve([...records.keys()].filter((path) => path.startsWith(`${folder}/`))),
    deleteAll(folder: string) {
      for (const path of [...records.keys()]) if (path.startsWith(`${folder}/`)) records.delete(path);
      return Promise.resolve();
    },
  };
}

/**
 * A project session without decoding and without storage: the fake engine's data set, and pixels from wherever the
 * test takes them. For tests of the engine above the data layer.
 */
export function createMemorySession(modelId: string, pixels: PixelSource & BitmapReader) {
  const data = createFakeData(() => Promise.resolve());
  const store = createMemoryBlobs();
  let settings: ProjectSettings = {
    name: 'Untitled',
    task: 'image-classification',
    modelId,
    backend: 'auto',
    train: DEFAULT_TRAIN_SETTINGS,
    split: DEFAULT_SPLIT,
  };
  let runs: RunSummary[] = [];
  let reports: Record<string, EvaluationReport> = {};
  let openings: readonly Opening[] = [];
  let activeRunId: string | null = null;

  const snapshot = (): ProjectSnapshot => ({
    projectId: 'memory',
    settings,
    dataset: data.state(),
    split: data.split(),
    runs,
    reports,
    openings,
    activeRunId,
    savedAtMs: null,
    storage: 'memory',
    damaged: [],
    undo: data.undo(),
  });
  const { handlers } = data;
  const done = Promise.resolve();
  return {
    store,
    snapshot,
    data: {
      dataset: data.state,
      split: data.split,
      undoState: data.undo,
      pixels: {
        ...pixels,
        input: (id: string, input: TrunkInput, options?: Parameters<PixelSource['pixels']>[2]) =>
          pixels.pixels(id, input.kind === 'pixels' ? input.size : 0, options),
      },
      look: () => Promise.resolve(null),
      readInput: async (file: Blob, input: TrunkInput) =>
        pixels.bitmapPixels(await createImageBitmap(file), input.kind === 'pixels' ? input.size : 0),
      replace: () => undefined,
      preview: handlers['data.preview'],
      import: handlers['data.import'],
      sampleSet: handlers['data.sampleSet'],
      capture: handlers['data.capture'],
      record: handlers['data.record'],
      soundDecoder: handlers['data.soundDecoder'],
      edit: handlers['data.edit'],
      undo: handlers['data.undo'],
      redo: handlers['data.redo'],
      thumbnails: handlers['data.thumbnails'],
      picture: handlers['data.picture'],
      makeSplit: handlers['data.split'],
      save: handlers['data.save'],
      augmentPreview: handlers['data.augmentPreview'],
      onChange: () => () => undefined,
      dispose: () => undefined,
    },
    open: () => Promise.resolve(snapshot()),
    create() {
      data.reset();
      runs = [];
      reports = {};
      openings = [];
      activeRunId = null;
      return Promise.resolve(snapshot());
    },
    configure(next: ProjectSettings) {
      settings = next;
      return Promise.resolve({ savedAtMs: 0 });
    },
    save: () => Promise.resolve(new Blob([])),
    load: () => Promise.resolve(snapshot()),
    async putRun(run: RunSummary, weights?: Uint8Array<ArrayBuffer> | Blob) {
      if (weights !== undefined) await store.write(`runs/${run.id}`, weights);
      runs = [...runs.filter(({ id }) => id !== run.id), run];
    },
    async readRunWeights(runId: string) {
      const blob = await store.read(`runs/${runId}`);
      if (blob === null) throw new EngineError('not-found', `No run ${runId}.`);
      return blob;
    },
    async deleteRun(runId: string) {
      await store.delete(`runs/${runId}`);
      runs = runs.filter(({ id }) => id !== runId);
      if (activeRunId === runId) activeRunId = null;
    },
    putReport(report: EvaluationReport) {
      reports = { ...reports, [report.runId]: report };
      openings = withOpening(openings, report);
      return done;
    },
    activateRun(runId: string | null) {
      activeRunId = runId;
      return done;
    },
    flush: () => done,
    dispose: () => undefined,
  };
}
