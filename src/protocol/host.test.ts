import { describe, expect, it, vi } from 'vitest';
import { EngineError } from '../core/errors.ts';
import { createFakeEndpoint } from '../testing/fake-endpoint.ts';
import { createFakeEngine } from '../testing/fake-engine.ts';
import { serveEngine } from './host.ts';
import { PROTOCOL_VERSION } from './messages.ts';

const version = PROTOCOL_VERSION;

describe('serveEngine', () => {
  it('answers a request with its events and then its result', async () => {
    const endpoint = createFakeEndpoint();
    serveEngine(endpoint, createFakeEngine());
    endpoint.receive({ version, id: 4, kind: 'device.probe', params: { modelId: 'm', backend: 'auto' } });
    await vi.waitFor(() => expect(endpoint.posted).toHaveLength(2));
    expect(endpoint.posted[0]).toEqual({ id: 4, event: { kind: 'probing', backend: 'wasm' } });
    expect(endpoint.posted[1]).toMatchObject({ id: 4, result: { backend: 'wasm', threads: 2 } });
  });

  it('turns what a handler throws into error data', async () => {
    const endpoint = createFakeEndpoint();
    const fail = () => Promise.reject(new EngineError('quota', 'No room.', { neededBytes: 5 }));
    serveEngine(endpoint, createFakeEngine({ override: { 'device.memory': fail } }));
    endpoint.receive({ version, id: 1, kind: 'device.memory', params: {} });
    await vi.waitFor(() => expect(endpoint.posted).toHaveLength(1));
    expect(endpoint.posted[0]).toEqual({
      id: 1,
      error: { code: 'quota', message: 'No room.', detail: { neededBytes: 5 } },
    });
  });

  it('aborts the signal of a cancelled request', async () => {
    const endpoint = createFakeEndpoint();
    serveEngine(endpoint, createFakeEngine());
    endpoint.receive({ version, id: 9, kind: 'models.load', params: { modelId: 'mobilenet-v3-small' } });
    endpoint.receive({ cancel: 9 });
    await vi.waitFor(() => expect(endpoint.posted).toHaveLength(2));
    expect(endpoint.posted[1]).toMatchObject({ id: 9, error: { code: 'cancelled' } });
  });

  it.each([
    { version: version + 1, id: 1, kind: 'device.memory', params: {} },
    { version, id: 1, kind: 'no.such.call', params: {} },
    { version, id: 1, kind: 'toString', params: {} },
  ])('refuses a request of another version or an unknown kind: %j', async (request) => {
    const endpoint = createFakeEndpoint();
    serveEngine(endpoint, createFakeEngine());
    endpoint.receive(request);
    await vi.waitFor(() => expect(endpoint.posted).toHaveLength(1));
    expect(endpoint.posted[0]).toMatchObject({ id: 1, error: { code: 'version-mismatch' } });
  });

  it.each([null, 'text', 7, {}, { id: 'one', kind: 'device.memory' }, { cancel: 'x' }, { cancel: 77 }])(
    'ignores what is no message: %j',
    async (message) => {
      const endpoint = createFakeEndpoint();
      serveEngine(endpoint, createFakeEngine());
      endpoint.receive(message);
      await Promise.resolve();
      expect(endpoint.posted).toEqual([]);
    },
  );
});
