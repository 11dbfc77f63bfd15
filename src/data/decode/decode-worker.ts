import { toErrorData } from '../../core/errors.ts';
import type { DecodeReply, DecodeRequest } from './decode-pool.ts';
import { runJob } from './run-job.ts';

self.onmessage = async ({ data }: MessageEvent<DecodeRequest>) => {
  let reply: DecodeReply;
  try {
    reply = { id: data.id, result: await runJob(data.kind, data.params) };
  } catch (thrown) {
    reply = { id: data.id, error: toErrorData(thrown) };
  }
  self.postMessage(reply, { transfer: partsToTransfer('result' in reply ? reply.result : null) });
};

function partsToTransfer(result: unknown): Transferable[] {
  if (result instanceof ImageBitmap) return [result];
  if (ArrayBuffer.isView(result) && result.buffer instanceof ArrayBuffer) return [result.buffer];
  if (typeof result !== 'object' || result === null || result instanceof Blob) return [];
  return Object.values(result).flatMap(partsToTransfer);
}
