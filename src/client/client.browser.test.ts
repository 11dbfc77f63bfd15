import { expect, test, vi } from 'vitest';
import { createWorkerClient } from './client.ts';

/** A client of a worker that holds its lifeline and closes itself on any call. */
async function start() {
  const worker = new Worker(new URL('./client.test-worker.ts', import.meta.url), { type: 'module' });
  const told = new Promise<MessageEvent<{ lifeline: string }>>((resolve) =>
    worker.addEventListener('message', resolve, { once: true }),
  );
  const client = createWorkerClient(worker);
  const died = vi.fn();
  client.onDeath(died);
  const { lifeline } = (await told).data;
  return { client, died, lifeline };
}

test('a worker that closes itself in the middle of a call is noticed', async () => {
  const { client, died } = await start();
  await expect(client.call('models.list', {})).rejects.toMatchObject({ code: 'worker-died' });
  expect(died).toHaveBeenCalledTimes(1);
  await expect(client.call('models.list', {})).rejects.toMatchObject({ code: 'worker-died' });
});

test('a worker that is ended on purpose is no death', async () => {
  const { client, died, lifeline } = await start();
  client.close();
  // The lock is free once the thread is gone: by then a death would have been told.
  await navigator.locks.request(lifeline, () => undefined);
  expect(died).not.toHaveBeenCalled();
});
