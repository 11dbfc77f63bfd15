import type { BackendName, DeviceReport } from '../core/device.ts';
import { BACKENDS } from '../core/device.ts';
import type { BlobStore } from '../persist/blob-store.ts';

/** What the probe found out on this device, kept for the next visit. */
export interface DeviceRecords {
  /** `null` if nothing is kept for the model, or it was measured by another version or browser. */
  read(modelId: string): Promise<DeviceReport | null>;
  write(report: DeviceReport): Promise<void>;
}

/** Grows when the probe measures or decides differently. */
const PROBE_VERSION = 2;
const FOLDER = 'device';

interface KeptReport {
  readonly version: number;
  readonly surroundings: string;
  readonly report: DeviceReport;
}

export function createDeviceRecords(store: () => Promise<Pick<BlobStore, 'read' | 'write'>>): DeviceRecords {
  return {
    async read(modelId) {
      try {
        const blob = await (await store()).read(pathOf(modelId));
        const kept: unknown = blob === null ? null : JSON.parse(await blob.text());
        return isKept(kept) && kept.surroundings === surroundings() ? kept.report : null;
      } catch {
        // A record that cannot be read is measured again.
        return null;
      }
    },
    async write(report) {
      const kept: KeptReport = { version: PROBE_VERSION, surroundings: surroundings(), report };
      try {
        await (await store()).write(pathOf(report.modelId), new Blob([JSON.stringify(kept)]));
      } catch {
        // Without room for it, the next visit measures again.
      }
    },
  };
}

const pathOf = (modelId: string): string => `${FOLDER}/${modelId}.json`;

/** What must be as it was for a measurement to hold. Isolation decides about threads. */
function surroundings(): string {
  return [navigator.userAgent, navigator.hardwareConcurrency, globalThis.crossOriginIsolated].join('|');
}

function isKept(value: unknown): value is KeptReport {
  if (typeof value !== 'object' || value === null || !('version' in value) || !('report' in value))
    return false;
  const { version, report } = value;
  return (
    version === PROBE_VERSION &&
    typeof report === 'object' &&
    report !== null &&
    'backend' in report &&
    isBackend(report.backend)
  );
}

function isBackend(value: unknown): value is BackendName {
  return BACKENDS.some((name) => name === value);
}
