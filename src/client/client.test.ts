import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFakeEndpoint } from '../testing/fake-endpoint.ts';
import { createFakeClient } from '../testing/fake-engine.ts';
import { createWorkerClient } from './client.ts';

afterEach(() => vi.useRealTimers());

describe('createWorkerClient', () => {
  it('makes a call through a real channel, with its events', async () => {
    const client = createFakeClient();
    const events: unknown[] = [];
    const info = await client.call(
      'models.load',
      { modelId: 'mobilenet-v3-small' },
      { onEvent: (event) => events.push(event) },
    );
    expect(info.blocks).toHaveLength(13);
    expect(events).toEqual([{ loadedBytes: 1.9e6, totalBytes: 1.9e6 }]);
    client.close();
  });

  it('brings back the code and the detail of an error', async () => {
    const client = createFakeClient();
    const call = client.call('models.load', { modelId: 'nothing' });
    await expect(call).rejects.toMatchObject({ name: 'EngineError', code: 'not-found' });
    client.close();
  });

  it.each(['error', 'messageerror'] as const)(
    'rejects every pending call when the thread dies by %s',
    async (type) => {
      const endpoint = createFakeEndpoint();
      const client = createWorkerClient(endpoint);
      const died = vi.fn();
      client.onDeath(died);
      const calls = [client.call('device.memory', {}), client.call('models.list', {})];
      endpoint.fail(type);
      for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'worker-died' });
      expect(died).toHaveBeenCalledTimes(1);
      expect(endpoint.terminated()).toBe(true);
      await expect(client.call('models.list', {})).rejects.toMatchObject({ code: 'worker-died' });
    },
  );

  it('sends a cancellation when the signal aborts, and takes the answer of the worker', async () => {
    const endpoint = createFakeEndpoint();
    const client = createWorkerClient(endpoint);
    const controller = new AbortController();
    const call = client.call('models.list', {}, { signal: controller.signal });
    controller.abort();
    expect(endpoint.posted[1]).toEqual({ cancel: 1 });
    endpoint.receive({ id: 1, error: { code: 'cancelled', message: 'by the worker' } });
    await expect(call).rejects.toMatchObject({ code: 'cancelled', message: 'by the worker' });
  });

  it('does not wait longer than 100 ms for a busy worker to acknowledge a cancellation', async () => {
    vi.useFakeTimers();
    const endpoint = createFakeEndpoint();
    const client = createWorkerClient(endpoint);
    const controller = new AbortController();
    const events = vi.fn();
    const call = client.call('instant.update', {}, { signal: controller.signal, onEvent: events });
    const outcome = expect(call).rejects.toMatchObject({ code: 'cancelled' });
    controller.abort();
    await vi.advanceTimersByTimeAsync(100);
    await outcome;
    endpoint.receive({ id: 1, event: { done: 1, total: 2 } });
    expect(events).not.toHaveBeenCalled();
  });

  it('rejects at once, and posts nothing, when the signal is already aborted', async () => {
    const endpoint = createFakeEndpoint();
    const call = createWorkerClient(endpoint).call('models.list', {}, { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    expect(endpoint.posted).toEqual([]);
  });

  it('rejects pending calls with cancelled when it is closed, and tells no death', async () => {
    const endpoint = createFakeEndpoint();
    const client = createWorkerClient(endpoint);
    const died = vi.fn();
    client.onDeath(died);
    const call = client.call('models.list', {});
    client.close();
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    expect(died).not.toHaveBeenCalled();
    expect(endpoint.terminated()).toBe(true);
  });

  it('ignores replies to calls it never made', () => {
    const endpoint = createFakeEndpoint();
    createWorkerClient(endpoint);
    expect(() => endpoint.receive({ id: 99, result: 1 })).not.toThrow();
  });
});
