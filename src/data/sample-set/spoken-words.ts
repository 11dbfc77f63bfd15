/**
 * @file The sample sets of spoken words: a file of MP3s, one for each voice, and where in them the words are.
 * `words/README.md` is their data statement.
 */
import type { SampleSetId } from '../../core/sample-sets.ts';
import { SAMPLE_SETS } from '../../core/sample-sets.ts';
import { readWav, writeWav } from '../sound/wav.ts';

export type SpokenSetId = {
  [Id in SampleSetId]: (typeof SAMPLE_SETS)[Id]['kind'] extends 'sound' ? Id : never;
}[SampleSetId];

/** All that one voice says, as `scripts/sounds/speak-words.ts` wrote it. */
export interface SpokenVoice {
  readonly name: string;
  /** What the synthesiser calls it. */
  readonly speaker: string;
  /** Where each class of the set begins and ends, in samples at 16 kHz. */
  readonly words: readonly (readonly [from: number, to: number])[];
  /** Where its MP3 begins and ends in the file of the set. */
  readonly bytes: readonly [from: number, to: number];
}

/** What a voice says, as it is in the file. */
export interface VoiceSound extends SpokenVoice {
  readonly mp3: Blob;
}

/** One word of one voice. */
export interface SpokenSample {
  /** Index into the classes of the set. */
  readonly classIndex: number;
  readonly name: string;
  /** One voice, one group. */
  readonly group: string;
  /** WAV. */
  readonly file: Blob;
}

/** Loaded when somebody takes a set. */
const VOICES = import.meta.glob<readonly SpokenVoice[]>('./words/*.json', { import: 'default' });
/** Addresses, not modules: the page's own copy of the engine would come with them a second time. */
const SOUNDS = import.meta.glob<string>('./words/*.mp3', { query: '?url', import: 'default', eager: true });

export function isSpoken(id: SampleSetId): id is SpokenSetId {
  return SAMPLE_SETS[id].kind === 'sound';
}

/** @param fetched The bytes at an address. */
export async function voicesOf(
  id: SpokenSetId,
  fetched: (address: string) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<readonly VoiceSound[]> {
  const voices = (await VOICES[`./words/${id}.json`]?.()) ?? [];
  const file = await fetched(new URL(SOUNDS[`./words/${id}.mp3`] ?? '', globalThis.location.href).href);
  return voices.map((voice) => ({
    ...voice,
    mp3: new Blob([file.subarray(...voice.bytes)], { type: 'audio/mpeg' }),
  }));
}

/**
 * The words of a voice.
 * @param decoded A sound file as WAV at 16 kHz.
 */
export async function wordsOf(
  { name, words, mp3 }: VoiceSound,
  decoded: (file: Blob) => Promise<Blob>,
): Promise<readonly SpokenSample[]> {
  const wav = await decoded(mp3);
  const { samples, rate } = readWav(new Uint8Array(await wav.arrayBuffer()));
  return words.map(([from, to], classIndex) => ({
    classIndex,
    name: `${name}-${classIndex + 1}.wav`,
    group: `voice ${name}`,
    file: new Blob([writeWav({ samples: samples.subarray(from, to), rate })]),
  }));
}
