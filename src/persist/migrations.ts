import { EngineError } from '../core/errors.ts';

/** A record of some version, before it is checked. */
export type RawRecord = Readonly<Record<string, unknown>>;

/**
 * What turns version n into n + 1, at index n - 1. Never edit an entry: append one, and keep a file of the version
 * it starts from among the tests.
 */
export const MIGRATIONS: readonly ((record: RawRecord) => RawRecord)[] = [
  everyWeightLearned,
  everySampleWasAPicture,
];

/** 1 to 2: settings say how the open blocks learn; until then it was always every weight. */
function everyWeightLearned(record: RawRecord): RawRecord {
  const tuning = { kind: 'weights', rank: 8, alpha: 16, names: '' };
  const { settings, runs } = record;
  return {
    ...record,
    settings: changed(settings, 'train', (train) => ({ ...train, tuning })),
    runs: Array.isArray(runs)
      ? runs.map((run: unknown) => changed(run, 'settings', (one) => ({ ...one, tuning })))
      : runs,
  };
}

/** 2 to 3: samples say what they are; until then there were pictures only. */
function everySampleWasAPicture(record: RawRecord): RawRecord {
  const { samples } = record;
  if (!Array.isArray(samples)) return record;
  return {
    ...record,
    samples: samples.map((sample: unknown) => (isRecord(sample) ? { kind: 'picture', ...sample } : sample)),
  };
}

/** An object with one field changed; anything else is left for the schema to refuse. */
function changed(value: unknown, field: string, change: (record: RawRecord) => RawRecord): unknown {
  if (!isRecord(value)) return value;
  const inner = value[field];
  return isRecord(inner) ? { ...value, [field]: change(inner) } : value;
}

function isRecord(value: unknown): value is RawRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Brings a record up to the present version, step by step.
 * @throws {EngineError} `project-newer` if a later Graft wrote it, `project-damaged` if it has no version.
 */
export function migrate(value: unknown, migrations = MIGRATIONS): RawRecord {
  if (typeof value !== 'object' || value === null || !('version' in value)) {
    throw new EngineError('project-damaged', 'The project record has no version.', { what: 'version' });
  }
  let record: RawRecord = { ...value };
  const present = migrations.length + 1;
  const version = record['version'];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new EngineError('project-damaged', 'The version of the project record is no number.', {
      what: 'version',
    });
  }
  if (version > present) {
    const message = `The project was saved by a newer Graft (version ${version}; this one reads up to ${present}). Reload the page to update it.`;
    throw new EngineError('project-newer', message, { version, present });
  }
  for (const step of migrations.slice(version - 1)) record = step(record);
  return { ...record, version: present };
}
