import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { reasonLine } from '../core/device.ts';
import type { EngineError } from '../core/errors.ts';
import { closeBackend, openBackend } from './backends.ts';
import { onDeviceLost } from './device-loss.ts';

function nextLoss(): Promise<EngineError> {
  return new Promise((resolve) => {
    const end = onDeviceLost((error) => {
      end();
      resolve(error);
    });
  });
}

test('a lost WebGL context is reported as a lost device, and another back-end takes over', async () => {
  expect(await openBackend('webgl')).toMatchObject({ status: 'open' });
  const { gpgpu } = tf.backend() as unknown as { gpgpu: { gl: WebGL2RenderingContext } };
  const lost = nextLoss();
  gpgpu.gl.getExtension('WEBGL_lose_context')!.loseContext();
  expect(await lost).toMatchObject({ code: 'device-lost', detail: { backend: 'webgl' } });
  expect(await openBackend('cpu')).toMatchObject({ status: 'open' });
});

test('a lost WebGPU device is reported; one that we close is not', async ({ skip }) => {
  const opened = await openBackend('webgpu');
  if (opened.status === 'unavailable') return skip(reasonLine(opened.reason));
  const { device } = tf.backend() as unknown as { device: { destroy(): void } };
  const lost = nextLoss();
  device.destroy();
  expect(await lost).toMatchObject({ code: 'device-lost', detail: { backend: 'webgpu' } });
  closeBackend('webgpu');
  const losses: EngineError[] = [];
  const end = onDeviceLost((error) => losses.push(error));
  expect(await openBackend('webgpu')).toMatchObject({ status: 'open' });
  const second = tf.backend() as unknown as { device: { lost: Promise<unknown>; destroy(): void } };
  closeBackend('webgpu');
  second.device.destroy();
  await second.device.lost;
  end();
  expect(losses).toEqual([]);
  return undefined;
});
