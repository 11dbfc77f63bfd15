import { assertNotAborted, EngineError, fromErrorData } from '../../core/errors.ts';
import { DECODED_RATE, type SoundReply, type SoundRequest } from '../../core/sound-decoding.ts';
import type { Sound } from './wav.ts';

/** Decodes sounds by asking a thread that can: the page, over its port. */
export interface SoundDecoder {
  /** A later port takes the place of an earlier one. */
  connect(port: MessagePort): void;
  /** @throws {EngineError} what the other end says; `file-unsupported` where there is none; `cancelled`. */
  decode(file: Blob, signal: AbortSignal): Promise<Sound>;
  dispose(): void;
}

export function createSoundDecoder(): SoundDecoder {
  const waiting = new Map<number, (reply: SoundReply) => void>();
  let port: MessagePort | null = null;
  let nextId = 1;
  return {
    connect(next) {
      port?.close();
      port = next;
      port.onmessage = ({ data }: MessageEvent<SoundReply>) => waiting.get(data.id)?.(data);
    },
    decode(file, signal) {
      assertNotAborted(signal);
      const asked = port;
      if (asked === null) {
        return Promise.reject(
          new EngineError('file-unsupported', 'Only WAV is read here: no decoder was offered.', {
            kind: file.type,
          }),
        );
      }
      const id = nextId++;
      return new Promise<Sound>((resolve, reject) => {
        const end = () => {
          waiting.delete(id);
          signal.removeEventListener('abort', abort);
        };
        const abort = () => {
          end();
          reject(new EngineError('cancelled', 'The action was cancelled.'));
        };
        signal.addEventListener('abort', abort);
        waiting.set(id, (reply) => {
          end();
          if ('error' in reply) reject(fromErrorData(reply.error));
          else resolve({ samples: reply.samples, rate: DECODED_RATE });
        });
        asked.postMessage({ id, file } satisfies SoundRequest);
      });
    },
    dispose() {
      port?.close();
    },
  };
}
