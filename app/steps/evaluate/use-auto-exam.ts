import { useEffect } from 'react';
import type { RunSummary } from '../../../src/index.ts';
import { calibrateRun, evaluateRun } from '../../store/evaluate-actions.ts';

/** Runs that were examined without being asked. Once each: a cancelled exam is not forced on anybody. */
const tried = new Set<string>();

/** Examines a run by itself when it has no result yet. */
export function useAutoExam(runId: string, missing: boolean): void {
  useEffect(() => {
    if (!missing || tried.has(runId)) return;
    tried.add(runId);
    void evaluateRun(runId);
  }, [runId, missing]);
}

const calibrated = new Set<string>();

/** Finds out by itself how sure a run may be. Once each, as above. */
export function useAutoCalibrate({ id, calibration }: RunSummary): void {
  const missing = calibration === undefined;
  useEffect(() => {
    if (!missing || calibrated.has(id)) return;
    calibrated.add(id);
    void calibrateRun(id);
  }, [id, missing]);
}
