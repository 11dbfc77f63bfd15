import type { DatasetChange } from '../core/engine-api.ts';
import { assertNotAborted, EngineError } from '../core/errors.ts';
import { deriveSeed } from '../core/rng.ts';
import type { SplitRecord } from '../core/split.ts';
import type { SampleKind } from '../core/tasks.ts';
import type { DataService, DatasetKeeper, PictureStore } from './data-service.ts';
import { createDatasetHolder } from './dataset-holder.ts';
import { createDecodePool } from './decode/decode-pool.ts';
import type { DecodePool } from './decode/decode-pool.ts';
import { createIntake } from './intake.ts';
import { createPictures, type Pictures } from './pictures.ts';
import { planEdit } from './plan-edit.ts';
import { saveData } from './save/save-data.ts';
import { asWav } from './sound/as-wav.ts';
import { createSoundDecoder } from './sound/sound-decoder.ts';
import { makeSplit } from './split.ts';

/** Side of the variants that are shown before training, px: about what the trunk sees. */
const PREVIEW_SIDE = 224;
/** More would hold the decode pool for long. */
const MAX_PREVIEWS = 24;

export interface DataServiceParts {
  readonly pictures: PictureStore;
  readonly keeper: DatasetKeeper;
  /** A pool of the caller's (tests); otherwise one is made. Either is ended by `dispose`. */
  readonly pool?: DecodePool;
  readonly now?: () => number;
  /** What the samples of the open project are. Default: pictures. */
  readonly kind?: () => SampleKind;
  /** A file of the site, for sample sets that are kept beside the code. Default: there are none. */
  readonly fetched?: (address: string, signal: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>;
}

function refuse(address: string): Promise<never> {
  return Promise.reject(new EngineError('weights-fetch', `Nobody loads ${address} here.`));
}

/** The data set of the open project, empty until `replace`. */
export function createDataService({
  pictures: store,
  keeper,
  pool = createDecodePool(),
  now = Date.now,
  kind = () => 'picture',
  fetched = refuse,
}: DataServiceParts): DataService {
  const listeners = new Set<(change: DatasetChange) => void>();
  const holder = createDatasetHolder(
    (step, revision) => keeper.keepStep(step, revision),
    (change) => listeners.forEach((listener) => listener(change)),
  );
  const pictures = createPictures(store, pool, (id) => holder.state().samples.get(id));
  let split: SplitRecord | null = null;
  let project = new AbortController();
  const decoder = createSoundDecoder();
  const opened = (file: Blob, signal: AbortSignal) =>
    kind() === 'sound' ? asWav(file, decoder, signal) : Promise.resolve(file);
  const projectSignal = () => project.signal;
  const intake = createIntake({ holder, pictures, pool, now, kind, opened, fetched, projectSignal });

  return {
    ...intake,
    dataset: () => holder.state(),
    split: () => split,
    undoState: () => holder.undoState(),
    pixels: pictures.pixels,
    look: (id, signal) => pictures.look(id, signal),
    readInput: async (file, input, signal) =>
      pool.run('open-input', { file: await opened(file, signal), input, kind: kind() }, signal),
    soundDecoder({ port }) {
      decoder.connect(port);
      return Promise.resolve();
    },
    replace(dataset, nextSplit, history) {
      project.abort();
      project = new AbortController();
      holder.replace(dataset, history);
      split = nextSplit;
    },
    edit: ({ edit }) => holder.change((state) => planEdit(state, edit)),
    undo: () => holder.undo(),
    redo: () => holder.redo(),
    thumbnails: ({ ids }, { signal }) => Promise.all(ids.map((id) => pictures.thumbnail(id, signal))),
    picture: ({ id }) => pictures.read(id),
    async makeSplit({ settings, fresh, sides }) {
      const begunIn = project;
      const made = await makeSplit(holder.state(), settings, fresh === true ? null : split, sides);
      assertNotAborted(begunIn.signal);
      const before = split;
      split = made;
      try {
        await keeper.keepSplit(made);
      } catch (thrown) {
        split = before;
        throw thrown;
      }
      return made;
    },
    save: ({ form }, context) =>
      saveData({ dataset: holder.state(), split, form, read: (id) => pictures.read(id) }, context),
    augmentPreview: variantsOf(pictures, pool),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    dispose() {
      project.abort();
      decoder.dispose();
      pool.dispose();
    },
  };
}

/** Variants of one picture, drawn from a seed. */
function variantsOf(pictures: Pictures, pool: DecodePool): DataService['augmentPreview'] {
  return async ({ id, augmentation, seed, count }, { signal }) => {
    const picture = await pictures.read(id);
    assertNotAborted(signal);
    const seeds = Array.from({ length: Math.min(count, MAX_PREVIEWS) }, (_, i) => deriveSeed(seed, `${i}`));
    const draw = (variantSeed: number) =>
      pool.run('variant', { picture, size: PREVIEW_SIDE, augmentation, seed: variantSeed }, signal);
    return Promise.all(seeds.map(draw));
  };
}
