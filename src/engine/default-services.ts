import type { BackendName } from '../core/device.ts';
import { BACKENDS } from '../core/device.ts';
import { timeForward } from '../graph/time-forward.ts';
import { listModels, loadTrunk } from '../models/load-trunk.ts';
import { closeBackend, openBackend } from '../runtime/backends.ts';
import { onDeviceLost } from '../runtime/device-loss.ts';
import { tensorMemory } from '../runtime/memory.ts';
import { probeBackends } from '../runtime/probe.ts';
import type { EngineServices } from './services.ts';

/** The real parts, all but the project's session. */
export function defaultServices(thread: EngineServices['thread']): Omit<EngineServices, 'openSession'> {
  return {
    thread,
    listModels,
    loadModel: loadTrunk,
    timeForward,
    tensorMemory,
    forget: closeBackend,
    probe: probeBackends,
    async reopen(backend) {
      const opened = await openBackend(backend);
      return opened.status === 'open' ? { threads: opened.threads, simd: opened.simd } : null;
    },
    onDeviceLost: (listener) => onDeviceLost(({ detail }) => listener(backendOf(detail?.['backend']))),
  };
}

function backendOf(value: unknown): BackendName | null {
  return BACKENDS.find((name) => name === value) ?? null;
}
