/** @file Samples that are made here: frames of the camera, recordings of the microphone. */
import type { ClassId, DatasetState, SampleId, SampleRecord } from '../core/dataset.ts';
import { EngineError } from '../core/errors.ts';
import type { DataService } from './data-service.ts';
import type { DatasetHolder } from './dataset-holder.ts';
import type { DecodePool } from './decode/decode-pool.ts';
import type { StoredPicture } from './decode/jobs.ts';
import { cutEvenly, cutSounds } from './sound/cut.ts';
import { RATE } from './sound/mel.ts';
import { resample } from './sound/resample.ts';
import { checkLength, writeWav } from './sound/wav.ts';

export interface CaptureParts {
  readonly holder: DatasetHolder;
  readonly pool: DecodePool;
  /** Resolves when what was made is stored. */
  readonly keep: (made: Promise<StoredPicture>) => Promise<StoredPicture>;
  readonly now: () => number;
  /** Aborted when the present project is left. */
  readonly projectSignal: () => AbortSignal;
}

/** One camera frame into a class. */
export function captureFrames(parts: CaptureParts): DataService['capture'] {
  const { holder, pool, keep, now, projectSignal } = parts;
  return async ({ classId, frame, burst }, { signal }) => {
    const project = projectSignal();
    const picture = await keep(pool.run('frame', { bitmap: frame }, signal));
    const group = `burst ${burst}`;
    return holder.change((state) => {
      assertThere(state, classId, project);
      const { width, height, contentHash, sourceHash } = picture;
      const id = holder.freeId(sourceHash, new Set());
      const addedAtMs = now();
      const name = `camera-${new Date(addedAtMs).toISOString().replaceAll(':', '-')}.jpg`;
      const record = { id, classId, kind: 'picture' as const, name, width, height, contentHash, sourceHash };
      const after = { ...record, group, source: 'camera', addedAtMs } as const;
      return { kind: 'add-samples', samples: [{ id, before: null, after }] };
    }, group);
  };
}

/** Length of a piece of noise: what the networks for sounds take in at once, s. */
const PIECE_S = 1.5;

/**
 * A recording into a class, cut into samples. They are no group: each is a word of its own, and a class that was recorded
 * in one go must still have something to be examined on.
 */
export function recordSounds(parts: CaptureParts): DataService['record'] {
  const { holder, pool, keep, now, projectSignal } = parts;
  return async ({ classId, samples, rate, cut }, { signal }) => {
    const project = projectSignal();
    checkLength(samples.length / rate);
    const sound = resample(samples, Math.round(rate), RATE);
    const stretches = cut === 'evenly' ? cutEvenly(sound, PIECE_S * RATE) : cutSounds(sound, RATE);
    if (stretches.length === 0)
      throw new EngineError('sound-nothing-heard', 'Nothing stands out from the quiet of the recording.');
    const pieces = stretches.map(({ from, to }) => {
      const file = new Blob([writeWav({ samples: sound.subarray(from, to), rate: RATE })]);
      return keep(pool.run('ingest', { file, kind: 'sound' }, signal));
    });
    const stored = await Promise.all(pieces);
    return holder.change((state) => {
      assertThere(state, classId, project);
      const addedAtMs = now();
      const at = new Date(addedAtMs).toISOString().replaceAll(':', '-');
      const taken = new Set<SampleId>();
      const added = stored.map(({ width, height, contentHash, sourceHash }, i): SampleRecord => {
        const id = holder.freeId(sourceHash, taken);
        taken.add(id);
        const name = `microphone-${at}-${i + 1}.wav`;
        const record = { id, classId, kind: 'sound' as const, name, width, height, contentHash, sourceHash };
        return { ...record, source: 'microphone', addedAtMs };
      });
      return { kind: 'add-samples', samples: added.map((after) => ({ id: after.id, before: null, after })) };
    });
  };
}

/** @throws {EngineError} `not-found` if the class, or the project, has gone meanwhile. */
function assertThere(state: DatasetState, classId: ClassId, project: AbortSignal): void {
  if (!project.aborted && state.classes.some(({ id }) => id === classId)) return;
  throw new EngineError('not-found', 'The class for this sample has been deleted.');
}
