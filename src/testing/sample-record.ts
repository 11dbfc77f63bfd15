import type { SampleRecord } from '../core/dataset.ts';

/** A picture of a data set, small and of a content of its own. */
export function sampleRecord(id: string, classId: string, extra: Partial<SampleRecord> = {}): SampleRecord {
  return {
    ...{ id, classId, kind: 'picture', name: `${id}.jpg`, width: 8, height: 8 },
    ...{ contentHash: `c-${id}`, sourceHash: `s-${id}`, source: 'file', addedAtMs: 0 },
    ...extra,
  };
}
