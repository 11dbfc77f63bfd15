/** @file Samples that are made here: frames of the camera. */
import { EngineError } from '../core/errors.ts';
import type { DataService } from './data-service.ts';
import type { DatasetHolder } from './dataset-holder.ts';
import type { DecodePool } from './decode/decode-pool.ts';
import type { StoredPicture } from './decode/jobs.ts';

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
export function captureFrames({
  holder,
  pool,
  keep,
  now,
  projectSignal,
}: CaptureParts): DataService['capture'] {
  return async ({ classId, frame, burst }, { signal }) => {
    const project = projectSignal();
    const picture = await keep(pool.run('frame', { bitmap: frame }, signal));
    const group = `burst ${burst}`;
    return holder.change((state) => {
      if (project.aborted || !state.classes.some(({ id }) => id === classId)) {
        throw new EngineError('not-found', 'The class for this picture has been deleted.');
      }
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
