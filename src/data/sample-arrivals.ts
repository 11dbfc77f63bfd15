/** @file The sample sets as what arrives at an import: drawn, spoken or written. */
import { sha256 } from '../core/hash.ts';
import type { SampleSetId } from '../core/sample-sets.ts';
import type { DecodePool } from './decode/decode-pool.ts';
import type { StoredPicture } from './decode/jobs.ts';
import type { Arrival } from './importer.ts';
import { drawSampleSet, SAMPLE_COUNT } from './sample-set/draw-sample-set.ts';
import { isSpoken, voicesOf, wordsOf } from './sample-set/spoken-words.ts';
import type { SpokenSetId } from './sample-set/spoken-words.ts';
import { isWritten, writtenSet } from './sample-set/written-sets.ts';
import type { WrittenSetId } from './sample-set/written-sets.ts';

/** The drawn set is the same for everybody. */
const SAMPLE_SET_SEED = 11;

export interface SampleParts {
  readonly pool: DecodePool;
  /** Resolves when what was made is stored. */
  readonly keep: (made: Promise<StoredPicture>) => Promise<StoredPicture>;
  /** A sound file as WAV. */
  readonly opened: (file: Blob, signal: AbortSignal) => Promise<Blob>;
  /** A file of the site. */
  readonly fetched: (address: string, signal: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>;
}

/** @param classNames One for each class of the set. */
export function sampleArrivals(
  set: SampleSetId,
  classNames: readonly string[],
  parts: SampleParts,
  signal: AbortSignal,
): AsyncIterable<Arrival> {
  if (isWritten(set)) return writtenArrivals(set, classNames, parts);
  if (isSpoken(set)) return spokenArrivals(set, classNames, parts, signal);
  return drawnArrivals(classNames, parts, signal);
}

async function* drawnArrivals(
  classNames: readonly string[],
  { pool, keep }: SampleParts,
  signal: AbortSignal,
): AsyncIterable<Arrival> {
  for await (const { classIndex, name, group, bitmap } of drawSampleSet(SAMPLE_SET_SEED, signal)) {
    const prepare = async (ended: AbortSignal) => ({
      ...(await keep(pool.run('frame', { bitmap }, ended))),
      // What a drawing is made of, not its bytes: browsers smooth the edge of a glyph a little differently now and
      // then, and it is the same picture still.
      sourceHash: await sha256(`sample set ${SAMPLE_SET_SEED} ${name}`),
    });
    const target = { label: classNames[classIndex] ?? '' };
    yield { total: SAMPLE_COUNT, incoming: { path: name, target, group, source: 'sample-set', prepare } };
  }
}

async function* spokenArrivals(
  set: SpokenSetId,
  classNames: readonly string[],
  { pool, keep, opened, fetched }: SampleParts,
  signal: AbortSignal,
): AsyncIterable<Arrival> {
  const voices = await voicesOf(set, (address) => fetched(address, signal));
  for (const voice of voices) {
    const total = voices.length * voice.words.length;
    for (const { classIndex, name, group, file } of await wordsOf(voice, (mp3) => opened(mp3, signal))) {
      const prepare = async (ended: AbortSignal) => ({
        ...(await keep(pool.run('ingest', { file, kind: 'sound' }, ended))),
        // Who says what, not its bytes: browsers decode a little differently, and it is the same word still.
        sourceHash: await sha256(`sample set ${name}`),
      });
      const target = { label: classNames[classIndex] ?? '' };
      yield { total, incoming: { path: name, target, group, source: 'sample-set', prepare } };
    }
  }
}

async function* writtenArrivals(
  set: WrittenSetId,
  classNames: readonly string[],
  { pool, keep }: SampleParts,
): AsyncIterable<Arrival> {
  const samples = await writtenSet(set);
  for (const { classIndex, name, content } of samples) {
    const file = new Blob([content], { type: 'text/plain' });
    const prepare = (ended: AbortSignal) => keep(pool.run('ingest', { file, kind: 'text' }, ended));
    const target = { label: classNames[classIndex] ?? '' };
    yield { total: samples.length, incoming: { path: name, target, source: 'sample-set', prepare } };
  }
}
