import { cameraProblem, type CameraProblem } from './camera-problem.ts';
import { closeStream } from './camera-stream.ts';
import tapUrl from './tap-worklet.ts?worker&url';

/** Why there is no sound: for the same reasons for which a camera shows nothing. */
export type MicrophoneProblem = CameraProblem;

/** What a microphone gives, as far as the browser says. */
export interface MicrophoneFacts {
  readonly deviceId: string;
  /** Samples a second of the device; the context's where it is not told. */
  readonly deviceRate: number;
  readonly channels: number;
}

export interface OpenMicrophone extends MicrophoneFacts {
  /** Samples a second of the chunks. */
  readonly rate: number;
  readonly track: MediaStreamTrack;
  /** Hears each chunk: one channel, -1..1. Only one at a time. */
  listen(listener: (chunk: Float32Array<ArrayBuffer>) => void): void;
  close(): void;
}

export type OpenedMicrophone =
  | { readonly ok: true; readonly microphone: OpenMicrophone }
  | { readonly ok: false; readonly problem: MicrophoneProblem };

/** Asks for a microphone, as it is: what browsers do for calls (noise suppression and the like) would be learned too. */
export async function openMicrophone(deviceId?: string): Promise<OpenedMicrophone> {
  // Absent on pages that are not on https, whatever the types say.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return { ok: false, problem: isSecureContext ? 'absent' : 'insecure' };
  try {
    const stream = await devices.getUserMedia({
      video: false,
      audio: {
        ...(deviceId !== undefined && { deviceId: { exact: deviceId } }),
        channelCount: { ideal: 1 },
        echoCancellation: false,
        noiseSuppression: false,
        autoGainControl: false,
      },
    });
    return await tapped(stream);
  } catch (thrown) {
    return { ok: false, problem: cameraProblem(thrown) };
  }
}

async function tapped(stream: MediaStream): Promise<OpenedMicrophone> {
  const [track] = stream.getAudioTracks();
  const context = new AudioContext();
  try {
    if (track === undefined) return { ok: false, problem: 'absent' };
    await context.audioWorklet.addModule(tapUrl);
    const tap = new AudioWorkletNode(context, 'tap', { numberOfOutputs: 0 });
    context.createMediaStreamSource(stream).connect(tap);
    await context.resume();
    const { deviceId = '', sampleRate = context.sampleRate, channelCount = 1 } = track.getSettings();
    return {
      ok: true,
      microphone: {
        deviceId,
        deviceRate: sampleRate,
        channels: channelCount,
        rate: context.sampleRate,
        track,
        listen(listener) {
          tap.port.onmessage = ({ data }: MessageEvent<Float32Array<ArrayBuffer>>) => listener(data);
        },
        close() {
          tap.port.onmessage = null;
          closeStream(stream);
          void context.close();
        },
      },
    };
  } catch (thrown) {
    closeStream(stream);
    void context.close();
    throw thrown;
  }
}
