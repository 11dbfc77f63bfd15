import { describe, expect, it, vi } from 'vitest';
import { serveEngine } from '../protocol/host.ts';
import { createFakeEngine } from '../testing/fake-engine.ts';
import { createEngine } from './engine.ts';

function startFake(options: Parameters<typeof createFakeEngine>[0] = {}) {
  const { port1, port2 } = new MessageChannel();
  serveEngine(port1, createFakeEngine(options));
  return createEngine({ worker: port2, backend: 'auto' });
}

const files = Array.from({ length: 40 }, (_, i) => ({
  path: `${i % 2 === 0 ? 'cats' : 'dogs'}/${i}.jpg`,
  file: new File(['x'], `${i}.jpg`),
}));

describe('createEngine', () => {
  it('goes from files to an answer', async () => {
    const engine = await startFake();
    expect(engine.device).toMatchObject({ backend: 'wasm', thread: 'worker' });
    expect((await engine.models()).map(({ id }) => id)).toContain(engine.model.card.id);
    expect(await engine.importData(files)).toMatchObject({ accepted: 40, rejected: [] });
    const split = await engine.split({ test: 0.25 });
    expect(split.test).toHaveLength(10);
    const run = engine.train({ open: { lastBlocks: 3 }, epochs: 2 });
    const epochs: number[] = [];
    for await (const event of run) if (event.kind === 'epoch') epochs.push(event.log.epoch);
    expect(epochs).toEqual([0, 1, 2]);
    const { id, settings } = await run.result;
    expect(settings.open).toEqual({ kind: 'last', blocks: 3 });
    expect((await engine.evaluate(id)).total).toBe(10);
    expect((await engine.predict(new File(['x'], 'one.jpg'), id)).speaker).toMatchObject({ runId: id });
    engine.close();
  });

  it('throws the failure of a run out of its events', async () => {
    const engine = await startFake();
    const read = async () => {
      for await (const event of engine.train()) expect(event.kind).toBe('stage');
    };
    await expect(read()).rejects.toMatchObject({ code: 'not-ready' });
    engine.close();
  });

  it('ends the thread when it cannot start', async () => {
    const { port1, port2 } = new MessageChannel();
    const closed = vi.spyOn(port2, 'close');
    serveEngine(
      port1,
      createFakeEngine({ override: { 'models.load': () => Promise.reject(new Error('no')) } }),
    );
    await expect(createEngine({ worker: port2 })).rejects.toMatchObject({ code: 'internal' });
    expect(closed).toHaveBeenCalled();
  });
});
