/** @file Every way in for pictures: files, the sample set, the camera. */
import type { CallParams } from '../core/engine-api.ts';
import { EngineError } from '../core/errors.ts';
import { SAMPLE_SETS } from '../core/sample-sets.ts';
import type { SampleKind } from '../core/tasks.ts';
import { captureFrames, recordSounds } from './capture.ts';
import type { DataService } from './data-service.ts';
import type { DatasetHolder } from './dataset-holder.ts';
import type { DecodePool } from './decode/decode-pool.ts';
import type { StoredPicture } from './decode/jobs.ts';
import { sniff } from './decode/picture-format.ts';
import { gatherDrop } from './gather.ts';
import { isJunk, openSources } from './import-candidates.ts';
import type { Candidate } from './import-candidates.ts';
import { importAll } from './importer.ts';
import type { Arrival, ImportEvent, Incoming } from './importer.ts';
import type { KindAdapter } from './kinds/kind.ts';
import { KINDS } from './kinds/kinds.ts';
import type { Pictures } from './pictures.ts';
import { previewImport } from './preview.ts';
import { sampleArrivals } from './sample-arrivals.ts';

export interface IntakeParts {
  readonly holder: DatasetHolder;
  readonly pictures: Pictures;
  readonly pool: DecodePool;
  readonly now: () => number;
  readonly kind: () => SampleKind;
  /** A file as the decode workers can read it. @throws {EngineError} why it cannot be had so. */
  readonly opened: (file: Blob, signal: AbortSignal) => Promise<Blob>;
  /** A file of the site. @throws {EngineError} `offline`, `weights-fetch`, `cancelled`. */
  readonly fetched: (address: string, signal: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>;
  /** Aborted when the present project is left. */
  readonly projectSignal: () => AbortSignal;
}

type Intake = Pick<DataService, 'preview' | 'import' | 'sampleSet' | 'capture' | 'record'>;

type Prepare = (candidate: Candidate, signal: AbortSignal) => Promise<StoredPicture>;

function toIncoming(candidate: Candidate, classId: string | undefined, prepare: Prepare): Incoming {
  const { path, label, side, group } = candidate;
  return {
    path,
    target: classId === undefined ? { label } : { classId },
    source: 'file',
    ...(side !== undefined && { given: side }),
    ...(group !== undefined && { group }),
    prepare: (ended) => prepare(candidate, ended),
  };
}

/** Dropped files as they are found; where tables count all at once, since one may list any of them. */
async function* fileArrivals(
  { files, intoClass, table }: CallParams<'data.import'>,
  prepare: Prepare,
  rows: KindAdapter['rows'],
  signal: AbortSignal,
): AsyncIterable<Arrival> {
  // The rows of a table are no text of a file, even where none could be read.
  const tables = table ?? (rows === 'are-samples' && intoClass === undefined ? 'guess' : undefined);
  if (tables !== undefined) {
    const { candidates, rejected } = await gatherDrop(files, tables, rows, signal);
    const total = candidates.length;
    for (const rejection of rejected) yield { rejection, total };
    for (const candidate of candidates) yield { total, incoming: toIncoming(candidate, intoClass, prepare) };
    return;
  }
  let total = files.filter(({ path }) => !isJunk(path)).length;
  for await (const { candidates, rejected } of openSources(files, signal)) {
    total += candidates.length - 1;
    for (const rejection of rejected) yield { rejection, total };
    for (const candidate of candidates) yield { total, incoming: toIncoming(candidate, intoClass, prepare) };
  }
}

/** The calls that add pictures. */
export function createIntake(parts: IntakeParts): Intake {
  const { holder, pictures, pool, now, kind, opened, projectSignal } = parts;
  const keep = async (drawn: Promise<StoredPicture>): Promise<StoredPicture> => {
    const picture = await drawn;
    await pictures.write(picture);
    return picture;
  };
  const take = (
    arrivals: AsyncIterable<Arrival>,
    emit: (event: ImportEvent) => void,
    signal: AbortSignal,
  ) => {
    const options = {
      holder,
      now,
      kind: kind(),
      window: pool.concurrency + 1,
      projectSignal: projectSignal(),
    };
    return importAll(arrivals, options, emit, signal);
  };
  const prepareFile = async (candidate: Candidate, signal: AbortSignal) => {
    const given = await candidate.open();
    if (candidate.isPacked && sniff(new Uint8Array(await given.slice(0, 16).arrayBuffer())) === 'zip') {
      throw new EngineError('zip-nested', 'A zip inside a zip is not opened: drop it by itself.');
    }
    const file = await opened(given, signal);
    const squareSize = pictures.squareSize();
    return keep(
      pool.run('ingest', { file, kind: kind(), ...(squareSize !== undefined && { squareSize }) }, signal),
    );
  };

  const capturing = { holder, pool, keep, now, projectSignal };
  return {
    preview: (params, { emit, signal }) => previewImport(params, holder.state(), KINDS[kind()], emit, signal),
    import: (params, { emit, signal }) =>
      take(fileArrivals(params, prepareFile, KINDS[kind()].rows, signal), emit, signal),
    async sampleSet({ set, classNames }, { emit, signal }) {
      if (SAMPLE_SETS[set].kind !== kind()) {
        throw new EngineError('internal', `The sample set ${set} is not for a project of ${kind()}s.`);
      }
      const told = (event: ImportEvent) => {
        if (event.kind !== 'rejected') emit(event);
      };
      const report = await take(sampleArrivals(set, classNames, { ...parts, keep }, signal), told, signal);
      // Taken twice, all are here already: that is what was asked for, and no refusal.
      return { ...report, rejected: report.rejected.filter(({ error }) => error.code !== 'file-duplicate') };
    },
    capture: captureFrames(capturing),
    record: recordSounds(capturing),
  };
}
