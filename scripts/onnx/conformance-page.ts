/** @file The page in which the node tests of ONNX run: it opens a back-end and tells each result when it is known. */
import { type BackendName, reasonLine } from '../../src/core/device.ts';
import { openBackend } from '../../src/runtime/backends.ts';
import { type ConformanceResult, runConformanceCase } from '../../src/testing/onnx/conformance-case.ts';
import { decodeCase, type EncodedCase } from './encoded-case.ts';

/** What the runner asks of the page. Everything can be cloned. */
export interface ConformanceDoor {
  /** Opens a back-end. Returns why it cannot be, else `null`. */
  readonly open: (backend: BackendName) => Promise<string | null>;
  /** Runs cases one after the other and reports each. */
  readonly run: (cases: readonly EncodedCase[]) => Promise<void>;
}

declare global {
  interface Window {
    graftConformance: ConformanceDoor;
    /** Given by the runner. */
    graftReport: (result: ConformanceResult) => Promise<void>;
  }
}

window.graftConformance = {
  open: async (backend) => {
    const opening = await openBackend(backend);
    return opening.status === 'open' ? null : reasonLine(opening.reason);
  },
  run: async (cases) => {
    for (const encoded of cases) await window.graftReport(await runConformanceCase(decodeCase(encoded)));
  },
};
