/** @file The page's part in reading sounds: browsers decode them on this thread only, so the engine's asks for it. */
import {
  DECODED_RATE,
  EngineError,
  MAX_SOUND_SECONDS,
  toErrorData,
  type EngineClient,
  type SoundReply,
  type SoundRequest,
} from '../../src/index.ts';

/** Sounds that do not say how long they are (recordings of a browser) are decoded up to this size. */
const UNTOLD_BYTES = 20_000_000;
/** What says nothing by then is not decoded, ms. */
const PATIENCE_MS = 15_000;

/** Gives the engine a port at which sounds are decoded. It ends with the engine's thread. */
export async function offerSoundDecoder(client: EngineClient): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }: MessageEvent<SoundRequest>) => {
    void answer(data).then((reply) => {
      port1.postMessage(reply, 'samples' in reply ? [reply.samples.buffer] : []);
    });
  };
  try {
    await client.call('data.soundDecoder', { port: port2 });
  } catch {
    // The engine is gone or keeps nothing: whatever else is asked of it says so.
    port1.close();
  }
}

async function answer({ id, file }: SoundRequest): Promise<SoundReply> {
  try {
    return { id, samples: await decodeSound(file) };
  } catch (thrown) {
    return { id, error: toErrorData(thrown) };
  }
}

/**
 * One channel at the rate that is asked for.
 * @throws {EngineError} `sound-too-long`, before its samples take any memory; `sound-undecodable`.
 */
export async function decodeSound(file: Blob): Promise<Float32Array<ArrayBuffer>> {
  const seconds = await durationOf(file);
  if (seconds > MAX_SOUND_SECONDS && (Number.isFinite(seconds) || file.size > UNTOLD_BYTES)) {
    throw new EngineError('sound-too-long', `The sound lasts ${seconds} s.`, {
      seconds: Number.isFinite(seconds) ? Math.round(seconds) : '?',
      limitSeconds: MAX_SOUND_SECONDS,
    });
  }
  const context = new OfflineAudioContext(1, 1, DECODED_RATE);
  try {
    return mixed(await context.decodeAudioData(await file.arrayBuffer()));
  } catch (thrown) {
    throw undecodable(thrown);
  }
}

/** Its channels, averaged. */
function mixed(sound: AudioBuffer): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(sound.length);
  for (let channel = 0; channel < sound.numberOfChannels; channel++) {
    const values = sound.getChannelData(channel);
    for (let i = 0; i < samples.length; i++)
      samples[i] = (samples[i] ?? 0) + (values[i] ?? 0) / sound.numberOfChannels;
  }
  return samples;
}

/** How long a sound says it is, s; infinite where it does not say. */
async function durationOf(file: Blob): Promise<number> {
  const url = URL.createObjectURL(file);
  const audio = new Audio();
  try {
    return await new Promise<number>((resolve, reject) => {
      const timer = setTimeout(() => reject(undecodable()), PATIENCE_MS);
      const end = (settle: () => void) => {
        clearTimeout(timer);
        settle();
      };
      audio.onloadedmetadata = () => end(() => resolve(audio.duration));
      audio.onerror = () => end(() => reject(undecodable(audio.error)));
      audio.preload = 'metadata';
      audio.src = url;
    });
  } finally {
    audio.removeAttribute('src');
    audio.load();
    URL.revokeObjectURL(url);
  }
}

function undecodable(cause?: unknown): EngineError {
  return new EngineError('sound-undecodable', 'The browser cannot decode the sound.', undefined, { cause });
}
