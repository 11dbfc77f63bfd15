/** @file An engine on the toy trunk and toy pictures, behind the whole protocol, for tests of what the engine does. */
import { createWorkerClient } from '../client/client.ts';
import type { BackendName } from '../core/device.ts';
import type { EngineClient } from '../core/engine-api.ts';
import type { TrainSettings } from '../core/train-settings.ts';
import { DEFAULT_TRAIN_SETTINGS } from '../core/train-settings.ts';
import { createEngineHandlers } from '../engine/create-engine.ts';
import type { EngineServices } from '../engine/services.ts';
import { serveEngine } from '../protocol/host.ts';
import { openBackend } from '../runtime/backends.ts';
import { createMemorySession } from './memory-session.ts';
import { createToyPixels } from './toy-pixels.ts';
import { createToyTrunk } from './toy-trunk.ts';

const CARD = {
  id: 'toy',
  name: 'Toy',
  licence: 'Apache-2.0',
  source: 'test',
  sizeBytes: 1,
  megaMacs: 1,
  task: 'image-classification',
  inputSize: 8,
  featureSize: 8,
  availability: 'bundled',
  cached: true,
  headOnly: false,
} as const;

/**
 * `probed`: the back-ends of each probe so far; all of them compute on the CPU. `lose`: one of them goes away. There is
 * no WebGL for who asks for it by name. Ids of pictures become `class/number` for the toy's pixels.
 */
export function startToyEngine(session = toySession()) {
  const probed: BackendName[][] = [];
  let lose: (backend: BackendName | null) => void = () => undefined;
  const services: Partial<EngineServices> = {
    openSession: () => Promise.resolve(session),
    listModels: () => Promise.resolve([CARD]),
    loadModel() {
      const trunk = createToyTrunk();
      return Promise.resolve({ trunk, info: { card: CARD, blocks: trunk.blocks } });
    },
    async probe({ backends, timeTrunk }) {
      probed.push([...backends]);
      if (backends.join() === 'webgl') throw new Error('There is no WebGL here.');
      await openBackend('cpu');
      await timeTrunk();
      return {
        backend: backends[0] ?? 'cpu',
        chosenBy: 'measured',
        probes: [],
        threads: 1,
        simd: false,
        forwardMs: 1,
      };
    },
    reopen: () => Promise.resolve({ threads: 1, simd: false }),
    forget: () => undefined,
    timeForward: () => Promise.resolve(1),
    onDeviceLost(listener) {
      lose = listener;
      return () => undefined;
    },
  };
  const { port1, port2 } = new MessageChannel();
  serveEngine(port1, createEngineHandlers({ thread: 'page', services }));
  return { client: createWorkerClient(port2), probed, session, lose: (name: BackendName) => lose(name) };
}

function toySession() {
  const toy = createToyPixels(4);
  // The fake data set calls its samples s1, s2, ...; their names say which class they are of.
  const session = createMemorySession('toy', {
    concurrency: 2,
    pixels: (id, size, options) =>
      toy.pixels((session.data.dataset().samples.get(id)?.name ?? '0-0').replace('-', '/'), size, options),
    async bitmapPixels(bitmap, size) {
      const label = bitmap.width;
      bitmap.close();
      await new Promise((resolve) => setTimeout(resolve, 5));
      return toy.pixels(`${label}/999`, size);
    },
  });
  return session;
}

/** So many pictures of each class, dealt. */
export async function fill(client: EngineClient, classes: number, each: number): Promise<void> {
  const files = Array.from({ length: classes * each }, (_, i) => {
    const label = i % classes;
    return { path: `class ${label}/p.jpg`, file: new File(['x'], `${label}-${Math.floor(i / classes)}`) };
  });
  await client.call('data.import', { files });
  await client.call('data.split', { settings: { validation: 0.2, test: 0.2, seed: 1 } });
}

/** Settings of a short run. */
export const settings = (change: Partial<TrainSettings>): TrainSettings => ({
  ...DEFAULT_TRAIN_SETTINGS,
  epochs: 3,
  headLearningRate: 0.01,
  trunkLearningRate: 0.01,
  ...change,
});
