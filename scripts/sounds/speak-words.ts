/**
 * @file Makes the sample sets of spoken words. Needs eSpeak NG, Flite and ffmpeg (`apt-get install espeak-ng flite ffmpeg`);
 * the same versions give the same bytes.
 *
 * Usage: npx tsx scripts/sounds/speak-words.ts [FOLDER]; with FOLDER the words are also written there as WAV files,
 * uncompressed, as `set/word/speaker.wav`.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createRng, deriveSeed, type Rng } from '../../src/core/rng.ts';
import { SAMPLE_SETS } from '../../src/core/sample-sets.ts';
import type { SpokenSetId, SpokenVoice } from '../../src/data/sample-set/spoken-words.ts';
import { RATE } from '../../src/data/sound/mel.ts';
import { resample } from '../../src/data/sound/resample.ts';
import { readWav, writeWav } from '../../src/data/sound/wav.ts';
import { SPEAKERS, SPELLINGS, type Speaker } from './voices.ts';

const run = promisify(execFile);

/** A frame by whose loudness the ends of a word are found, s. */
const FRAME_S = 0.01;
/** What is quieter than this part of the loudest frame is not the word. */
const AUDIBLE = 0.02;
/** Kept before and after a word, s. */
const MARGIN_S = 0.08;
/** Between two words, and before the first, where an encoder has its start-up, s. Belongs to none of them. */
const GAP_S = 0.05;
/** What a set may hold, s. */
const WORD_S = { min: 0.3, max: 1.5 };
const MP3_BITS_A_SECOND = 24_000;

type Samples = Float32Array<ArrayBuffer>;

const wavFolder = process.argv[2];
const scratch = await mkdtemp(join(tmpdir(), 'words-'));
try {
  for (const set of Object.keys(SPEAKERS) as SpokenSetId[]) {
    const voices: SpokenVoice[] = [];
    const sounds: Buffer[] = [];
    let from = 0;
    for (const [at, speaker] of SPEAKERS[set].entries()) {
      const name = `${set}-${String(at + 1).padStart(2, '0')}`;
      const { words, mp3 } = await record(set, name, speaker);
      voices.push({ name, speaker: speaker.voice, words, bytes: [from, from + mp3.length] });
      sounds.push(mp3);
      from += mp3.length;
    }
    const path = fileURLToPath(new URL(`../../src/data/sample-set/words/${set}`, import.meta.url));
    await writeFile(`${path}.json`, `[\n${voices.map((voice) => JSON.stringify(voice)).join(',\n')}\n]\n`);
    await writeFile(`${path}.mp3`, Buffer.concat(sounds));
    console.log(`${set}: ${voices.length} voices, ${from} bytes`);
  }
} finally {
  await rm(scratch, { recursive: true });
}

/** Everything that one speaker says, as one sound with the places of the words. */
async function record(
  set: SpokenSetId,
  name: string,
  speaker: Speaker,
): Promise<Pick<SpokenVoice, 'words'> & { readonly mp3: Buffer }> {
  const rng = createRng(deriveSeed(1, name));
  const peak = 0.25 + 0.5 * rng.next();
  const noise = peak * 10 ** (-(38 + 14 * rng.next()) / 20);
  const gap = Math.round(GAP_S * RATE);
  const pieces: Samples[] = [new Float32Array(2 * gap)];
  const words: [number, number][] = [];
  let at = 2 * gap;
  for (const word of SAMPLE_SETS[set].classes) {
    const said = scaled(trimmed(await speak(speaker, SPELLINGS[word] ?? word)), peak);
    checkLength(said, `${speaker.voice}: ${word}`);
    words.push([at, at + said.length]);
    pieces.push(said, new Float32Array(gap));
    at += said.length + gap;
  }
  const whole = withNoise(joined(pieces), noise, rng);
  if (wavFolder !== undefined) await writeWords(join(wavFolder, set), name, whole, words, set);
  return { words, mp3: await asMp3(whole) };
}

/** A word as the synthesiser says it, one channel at {@link RATE}. */
async function speak({ program, voice, speed, pitch }: Speaker, text: string): Promise<Samples> {
  const file = join(scratch, 'word.wav');
  if (program === 'flite') {
    const stretch = `duration_stretch=${(175 / speed).toFixed(3)}`;
    await run('flite', ['-voice', voice, '--setf', stretch, '-t', text, '-o', file]);
  } else await run('espeak-ng', ['-v', voice, '-s', `${speed}`, '-p', `${pitch}`, '-w', file, text]);
  const { samples, rate } = readWav(await readFile(file));
  return resample(samples, rate, RATE);
}

/** From the first audible frame to the last, with a margin. */
function trimmed(samples: Samples): Samples {
  const frame = FRAME_S * RATE;
  const levels = Array.from({ length: Math.floor(samples.length / frame) }, (_, i) => {
    const part = samples.subarray(i * frame, (i + 1) * frame);
    return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / frame);
  });
  const threshold = AUDIBLE * Math.max(...levels);
  const isAudible = (level: number) => level > threshold;
  const first = levels.findIndex(isAudible) * frame - MARGIN_S * RATE;
  const last = (levels.findLastIndex(isAudible) + 1) * frame + MARGIN_S * RATE;
  return Float32Array.from({ length: last - first }, (_, i) => samples[first + i] ?? 0);
}

function scaled(samples: Samples, peak: number): Samples {
  const highest = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return samples.map((value) => (value * peak) / highest);
}

/** A room is never silent, and a model that learned from silence would be lost in one. */
function withNoise(samples: Samples, level: number, rng: Rng): Samples {
  let previous = 0;
  return samples.map((value) => {
    previous = 0.7 * previous + 0.7 * rng.normal();
    return value + level * previous;
  });
}

function joined(pieces: readonly Samples[]): Samples {
  const whole = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function checkLength({ length }: Samples, what: string): void {
  const seconds = length / RATE;
  if (seconds < WORD_S.min || seconds > WORD_S.max) throw new Error(`${what} lasts ${seconds} s.`);
}

/** MP3, because every browser decodes it. */
async function asMp3(samples: Samples): Promise<Buffer> {
  const [wav, mp3] = [join(scratch, 'voice.wav'), join(scratch, 'voice.mp3')];
  await writeFile(wav, writeWav({ samples, rate: RATE }));
  const form = [
    '-c:a',
    'libmp3lame',
    '-b:a',
    `${MP3_BITS_A_SECOND}`,
    '-map_metadata',
    '-1',
    '-id3v2_version',
    '0',
  ];
  await run('ffmpeg', ['-v', 'error', '-y', '-bitexact', '-i', wav, ...form, '-bitexact', mp3]);
  return readFile(mp3);
}

async function writeWords(
  folder: string,
  name: string,
  whole: Samples,
  words: readonly (readonly [number, number])[],
  set: SpokenSetId,
): Promise<void> {
  for (const [i, word] of SAMPLE_SETS[set].classes.entries()) {
    const [from, to] = words[i] ?? [0, 0];
    await mkdir(join(folder, word), { recursive: true });
    const bytes = writeWav({ samples: whole.subarray(from, to), rate: RATE });
    await writeFile(join(folder, word, `${name}.wav`), bytes);
  }
}
