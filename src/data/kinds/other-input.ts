import { EngineError } from '../../core/errors.ts';
import type { SampleKind } from '../../core/tasks.ts';
import type { TrunkInput } from '../../core/trunk-input.ts';

/** What is thrown where a trunk takes something else than a kind of sample gives. */
export function otherInput(kind: SampleKind, input: TrunkInput): EngineError {
  return new EngineError(
    'model-unsupported',
    `A ${kind} does not give what this model takes (${input.kind}).`,
    {
      kind,
    },
  );
}
