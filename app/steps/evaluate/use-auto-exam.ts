import { useEffect } from 'react';
import { evaluateRun } from '../../store/evaluate-actions.ts';

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
