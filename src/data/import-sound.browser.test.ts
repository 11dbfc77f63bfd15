import { afterAll, expect, test } from 'vitest';
import { DECODED_RATE, type SoundReply, type SoundRequest } from '../core/sound-decoding.ts';
import encoded from '../testing/files/encoded-sounds.json';
import { patternJpeg } from '../testing/files/pictures.ts';
import { tuneSamples, tuneWav } from '../testing/files/sounds.ts';
import { zipOf } from '../testing/files/zips.ts';
import { createMemoryBlobs } from '../testing/memory-session.ts';
import { createDataService } from './create-data-service.ts';
import { createDecodePool } from './decode/decode-pool.ts';
import { readWav } from './sound/wav.ts';

const pool = createDecodePool();
afterAll(() => pool.dispose());

const context = () => ({ signal: new AbortController().signal, emit: () => undefined });

function start() {
  const keeper = { keepStep: () => Promise.resolve(), keepSplit: () => Promise.resolve() };
  return createDataService({ pictures: createMemoryBlobs(), keeper, pool, kind: () => 'sound' });
}

const dropped = (path: string, ...parts: Uint8Array<ArrayBuffer>[]) => ({
  path,
  file: new File(parts, path),
});
const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** The 44 bytes before the samples of a WAV file. */
function header(format: {
  readonly tag: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
  readonly bytes: number;
}): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(44);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('RIFF....WAVEfmt '));
  view.setUint32(16, 16, true);
  view.setUint16(20, format.tag, true);
  view.setUint16(22, format.channels, true);
  view.setUint32(24, format.rate, true);
  view.setUint16(34, format.bits, true);
  bytes.set(new TextEncoder().encode('data'), 36);
  view.setUint32(40, format.bytes, true);
  return bytes;
}

/** A second of 440 Hz on every channel, as floats. */
function floats(rate: number, channels: number): Uint8Array<ArrayBuffer> {
  const tone = Float32Array.from(
    { length: rate * channels },
    (_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * Math.floor(i / channels)) / rate),
  );
  return new Uint8Array(tone.buffer);
}

test('sounds out of the ordinary are taken, as one channel at 16 kHz', async () => {
  const data = start();
  const wide = floats(192_000, 1);
  const many = floats(16_000, 7);
  const files = [
    dropped(
      'a/192 kHz.wav',
      header({ tag: 3, channels: 1, rate: 192_000, bits: 32, bytes: wide.length }),
      wide,
    ),
    dropped(
      'a/7 channels.wav',
      header({ tag: 3, channels: 7, rate: 16_000, bits: 32, bytes: many.length }),
      many,
    ),
  ];
  const { accepted, rejected } = await data.import({ files }, context());
  expect([accepted, rejected]).toEqual([2, []]);
  for (const id of data.dataset().samples.keys()) {
    const stored = readWav(new Uint8Array(await (await data.picture({ id }, context())).arrayBuffer()));
    expect(stored.rate).toBe(16_000);
    expect(stored.samples.length).toBe(16_000);
    // Away from the ends it is the tone.
    stored.samples.subarray(2_000, 2_200).forEach((value, i) => {
      expect(value).toBeCloseTo(0.5 * Math.sin((2 * Math.PI * 440 * (2_000 + i)) / 16_000), 2);
    });
  }
});

test('each bad sound is refused with its code, and none spoils the rest', async () => {
  const data = start();
  const threeHours = 3 * 3600 * 8_000;
  const good = tuneWav('rising', 1);
  const cut = (length: number) => good.slice(0, length);
  const cases = [
    ['no bytes.wav', 'file-empty', dropped('a/no bytes.wav')],
    [
      'no samples.wav',
      'sound-silent',
      dropped('a/no samples.wav', header({ tag: 1, channels: 1, rate: 16_000, bits: 16, bytes: 0 })),
    ],
    [
      'three hours.wav',
      'sound-too-long',
      dropped(
        'a/three hours.wav',
        header({ tag: 1, channels: 1, rate: 8_000, bits: 8, bytes: threeHours }),
        new Uint8Array(threeHours).fill(128),
      ),
    ],
    ['cut in its header.wav', 'file-truncated', dropped('a/cut in its header.wav', cut(30))],
    [
      'no channels.wav',
      'file-truncated',
      dropped(
        'a/no channels.wav',
        header({ tag: 1, channels: 0, rate: 16_000, bits: 16, bytes: 4 }),
        new Uint8Array(4),
      ),
    ],
    [
      'no rate.wav',
      'file-truncated',
      dropped(
        'a/no rate.wav',
        header({ tag: 1, channels: 1, rate: 0, bits: 16, bytes: 4 }),
        new Uint8Array(4),
      ),
    ],
    [
      'adpcm.wav',
      'file-unsupported',
      dropped(
        'a/adpcm.wav',
        header({ tag: 2, channels: 1, rate: 16_000, bits: 4, bytes: 4 }),
        new Uint8Array(4),
      ),
    ],
    ['picture.wav', 'file-not-a-sound', dropped('a/picture.wav', patternJpeg(0, 1))],
    // Nobody has offered to decode it.
    ['other.flac', 'file-unsupported', dropped('a/other.flac', bytesOf(encoded.flac))],
  ] as const;
  const files = [...cases.map(([, , file]) => file), dropped('a/good.wav', good)];
  const { accepted, rejected } = await data.import({ files }, context());
  const seen = new Map(rejected.map(({ name, error }) => [name, error.code]));
  for (const [name, code] of cases) expect([name, seen.get(`a/${name}`)]).toEqual([name, code]);
  expect(accepted).toBe(1);
});

test('other formats go through the port that was offered, from folders and zips; its refusals are told', async () => {
  const data = start();
  const { port1, port2 } = new MessageChannel();
  const asked: number[] = [];
  port1.onmessage = ({ data: { id, file } }: MessageEvent<SoundRequest>) => {
    asked.push(file.size);
    const answer: SoundReply =
      file.size === 12
        ? { id, error: { code: 'sound-undecodable', message: 'no' } }
        : { id, samples: tuneSamples('warble', file.size) };
    port1.postMessage(answer);
  };
  await data.soundDecoder({ port: port2 }, context());
  const [flac, ogg, mp3] = [bytesOf(encoded.flac), bytesOf(encoded.ogg), bytesOf(encoded.mp3)];
  const zip = await zipOf([
    { path: 'things/two/b.ogg', bytes: ogg },
    { path: 'things/two/c.mp3', bytes: mp3 },
    { path: 'things/two/notes.pdf', bytes: new Uint8Array(9) },
  ]);
  const files = [
    dropped('one/a.flac', flac),
    dropped('one/damaged.flac', flac.slice(0, 12)),
    dropped('things.zip', zip),
  ];
  const preview = await data.preview({ files }, context());
  expect(preview.classes.map(({ name, count }) => [name, count])).toEqual([
    ['one', 2],
    ['two', 2],
  ]);
  const { accepted, rejected } = await data.import({ files }, context());
  expect(accepted).toBe(3);
  expect(rejected.map(({ error }) => error.code).sort()).toEqual(['file-not-a-sound', 'sound-undecodable']);
  expect(asked.sort((a, b) => a - b)).toEqual(
    [12, flac.length, mp3.length, ogg.length].sort((a, b) => a - b),
  );
  const { seconds } = { seconds: tuneSamples('warble', flac.length).length / DECODED_RATE };
  const [first] = [...data.dataset().samples.values()].filter(({ name }) => name === 'a.flac');
  const stored = readWav(
    new Uint8Array(await (await data.picture({ id: first?.id ?? '' }, context())).arrayBuffer()),
  );
  expect(stored.samples.length / stored.rate).toBe(seconds);
});

test('a recording becomes one sample for each word, in one step that can be undone', async () => {
  const data = start();
  const { patch } = await data.edit({ edit: { kind: 'add-class', name: 'word' } }, context());
  const classId = patch.classes?.after[0]?.id ?? '';
  const rate = 48_000;
  const samples = new Float32Array(6 * rate);
  [0.2, 2.1, 4].forEach((at, i) => {
    // At three times the rate each sample is held for three.
    tuneSamples('falling', i).forEach((value, k) =>
      samples.fill(value, at * rate + 3 * k, at * rate + 3 * k + 3),
    );
  });
  const change = await data.record({ classId, samples, rate, cut: 'sounds' }, context());
  expect(change.patch.samples.map(({ after }) => [after?.classId, after?.source])).toEqual(
    Array.from({ length: 3 }, () => [classId, 'microphone']),
  );
  await data.undo({}, context());
  expect(data.dataset().samples.size).toBe(0);
  const even = await data.record({ classId, samples, rate, cut: 'evenly' }, context());
  expect(even.patch.samples).toHaveLength(4);
  const silence = { classId, samples: new Float32Array(rate), rate, cut: 'sounds' } as const;
  await expect(data.record(silence, context())).rejects.toMatchObject({ code: 'sound-nothing-heard' });
  const gone = { ...silence, classId: 'gone', samples };
  await expect(data.record(gone, context())).rejects.toMatchObject({ code: 'not-found' });
});
