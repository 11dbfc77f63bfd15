import { describe, expect, it } from 'vitest';
import { cameraProblem } from './camera-problem.ts';

describe('cameraProblem', () => {
  it.each([
    ['NotAllowedError', 'refused'],
    ['SecurityError', 'refused'],
    ['NotFoundError', 'absent'],
    ['OverconstrainedError', 'absent'],
    ['NotReadableError', 'busy'],
    ['AbortError', 'busy'],
    ['TypeError', 'failed'],
  ])('takes %s as %s', (name, problem) => {
    expect(cameraProblem(new DOMException('', name))).toBe(problem);
  });

  it('takes what is no error at all as failed', () => {
    expect(cameraProblem('no')).toBe('failed');
    expect(cameraProblem(null)).toBe('failed');
  });
});
