import { EngineError } from '../../core/errors.ts';

/** The file is not what it claims to be. */
export function damaged(problem: string): EngineError {
  return new EngineError('model-damaged', `The model file is damaged: ${problem}.`, { problem });
}

/** A node that cannot be imported. */
export function unsupported(
  { name, op }: { readonly name: string; readonly op: string },
  problem: string,
): EngineError {
  return new EngineError('model-unsupported', `The node "${name}" (${op}) ${problem}.`, { node: name, op });
}
