import type { EngineHandlers } from '../core/engine-api.ts';
import { requestsToOwnSite } from '../core/network.ts';
import { requestsElsewhere } from '../models/request-log.ts';
import type { EngineState } from './engine-state.ts';

type DeviceKind = Extract<keyof EngineHandlers, `device.${string}` | `models.${string}`>;

/** Rows about the machine and the catalogue. */
export function deviceHandlers(state: EngineState): Pick<EngineHandlers, DeviceKind> {
  const { services, room, cache } = state;
  return {
    async 'device.probe'({ modelId, backend, refresh = false }, { signal, emit }) {
      // Before anything computes, so that the store with earlier results is open.
      await state.session();
      return room.probe({
        modelId,
        backend,
        refresh,
        signal,
        onProbing: (name) => emit({ kind: 'probing', backend: name }),
      });
    },
    'device.memory': () => Promise.resolve({ ...services.tensorMemory(), cacheBytes: cache.memoryBytes() }),
    'device.requests': () =>
      Promise.resolve([...requestsToOwnSite(), ...requestsElsewhere(globalThis.location.origin)]),
    'models.list': () => services.listModels(),
    async 'models.load'({ modelId }, { signal, emit }) {
      const session = await state.session();
      const { backend } = session.snapshot().settings;
      const info = await room.use({ modelId, backend, signal, onProgress: emit }, (context) =>
        Promise.resolve(context.info),
      );
      if (session.snapshot().settings.modelId !== modelId) {
        await state.configure({ modelId });
        state.instant = null;
      }
      return info;
    },
  };
}
