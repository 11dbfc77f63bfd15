/** @file The page in which exported networks are imported and run. */
import { type BackendName, reasonLine } from '../../src/core/device.ts';
import { toErrorData } from '../../src/core/errors.ts';
import { openBackend } from '../../src/runtime/backends.ts';
import { type ExportResult, runExportCase } from '../../src/testing/onnx/export-case.ts';
import { readExportCase } from './read-case.ts';

/** What the runner asks of the page. */
export interface ExportsDoor {
  /** Opens a back-end. Returns why it cannot be, else `null`. */
  readonly open: (backend: BackendName) => Promise<string | null>;
  /** Runs the case in two folders that are served. What was thrown comes back as a sentence. */
  readonly run: (network: string, variant: string) => Promise<ExportResult | string>;
}

declare global {
  interface Window {
    graftExports: ExportsDoor;
  }
}

window.graftExports = {
  open: async (backend) => {
    const opening = await openBackend(backend);
    return opening.status === 'open' ? null : reasonLine(opening.reason);
  },
  run: async (network, variant) => {
    try {
      return await runExportCase(await readExportCase(network, variant));
    } catch (thrown) {
      return toErrorData(thrown).message;
    }
  },
};
