import { afterAll, expect, test } from 'vitest';
import { sha256 } from '../../core/hash.ts';
import { SAMPLE_SETS } from '../../core/sample-sets.ts';
import { DECODED_RATE, type SoundReply, type SoundRequest } from '../../core/sound-decoding.ts';
import { download } from '../../models/download.ts';
import { createMemoryBlobs } from '../../testing/memory-session.ts';
import { createDataService } from '../create-data-service.ts';
import { createDecodePool } from '../decode/decode-pool.ts';
import { readWav } from '../sound/wav.ts';
import { voicesOf } from './spoken-words.ts';

const SETS = ['englishWords', 'chineseWords'] as const;
const VOICES = 28;

const pool = createDecodePool();
afterAll(() => pool.dispose());

const context = () => ({ signal: new AbortController().signal, emit: () => undefined });

function start() {
  const keeper = { keepStep: () => Promise.resolve(), keepSplit: () => Promise.resolve() };
  const fetched = (address: string, signal: AbortSignal) => download(address, { signal });
  return createDataService({ pictures: createMemoryBlobs(), keeper, pool, fetched, kind: () => 'sound' });
}

/** The same with a thread that decodes as the page does. */
async function startWithDecoder() {
  const data = start();
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = async ({ data: { id, file } }: MessageEvent<SoundRequest>) => {
    const audio = new OfflineAudioContext(1, 1, DECODED_RATE);
    const decoded = await audio.decodeAudioData(await file.arrayBuffer());
    const samples = decoded.getChannelData(0).slice();
    port1.postMessage({ id, samples } satisfies SoundReply, [samples.buffer]);
  };
  await data.soundDecoder({ port: port2 }, context());
  return data;
}

/** Root of the mean square of each hundredth of a second. */
function levelsOf(samples: Float32Array): number[] {
  return Array.from({ length: Math.floor(samples.length / 160) }, (_, i) => {
    const part = samples.subarray(i * 160, (i + 1) * 160);
    return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length);
  });
}

test.each(SETS)('%s: every voice says every word once, whole and by itself', async (set) => {
  const data = await startWithDecoder();
  const names = SAMPLE_SETS[set].classes;
  const report = await data.sampleSet({ set, classNames: names }, context());
  expect([report.accepted, report.rejected]).toEqual([VOICES * names.length, []]);
  const { classes, samples } = data.dataset();
  expect(classes.map(({ name }) => name)).toEqual(names);

  const voices = new Map<string, Set<string>>();
  for (const { id, classId, group = '' } of samples.values()) {
    voices.set(group, (voices.get(group) ?? new Set()).add(classId));
    const { samples: heard, rate } = readWav(
      new Uint8Array(await (await data.picture({ id }, context())).arrayBuffer()),
    );
    expect(rate).toBe(16_000);
    expect(heard.length / rate).toBeGreaterThanOrEqual(0.3);
    expect(heard.length / rate).toBeLessThanOrEqual(1.5);
    // The word is between its margins: cut at another place, it would begin or end in them.
    const levels = levelsOf(heard);
    const edges = [...levels.slice(0, 4), ...levels.slice(-4)];
    expect(Math.max(...levels)).toBeGreaterThan(0.02);
    expect(Math.max(...edges) / Math.max(...levels), group).toBeLessThan(0.1);
  }
  expect(voices.size).toBe(VOICES);
  for (const said of voices.values()) expect(said.size).toBe(names.length);

  const split = await data.makeSplit({ settings: { validation: 0.15, test: 0.15, seed: 7 } }, context());
  const groupsOf = (ids: readonly string[]) => new Set(ids.map((id) => samples.get(id)!.group));
  const [train, exam] = [groupsOf(split.train), groupsOf(split.test)];
  expect(exam.size).toBeGreaterThanOrEqual(4);
  expect([...exam].filter((voice) => train.has(voice))).toEqual([]);
  expect(split.test.length).toBe(exam.size * names.length);
  // Taken again, nothing is added.
  expect((await data.sampleSet({ set, classNames: names }, context())).accepted).toBe(0);
});

test('no two voices of a set are alike', async () => {
  for (const set of SETS) {
    const voices = await voicesOf(set, (address) => download(address, context()));
    expect(new Set(voices.map(({ speaker }) => speaker)).size).toBe(VOICES);
    const hashes = await Promise.all(voices.map(async ({ mp3 }) => sha256(await mp3.arrayBuffer())));
    expect(new Set(hashes).size).toBe(VOICES);
  }
});

test('where nobody decodes, that is said and nothing is taken', async () => {
  const data = start();
  const taken = data.sampleSet(
    { set: 'englishWords', classNames: SAMPLE_SETS.englishWords.classes },
    context(),
  );
  await expect(taken).rejects.toMatchObject({ code: 'file-unsupported' });
  expect(data.dataset().samples.size).toBe(0);
});
