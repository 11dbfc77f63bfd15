import { EngineError } from '../core/errors.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';

/**
 * Side of the pictures that a network takes, px.
 * @throws {EngineError} `model-unsupported` if it takes something else: what is asked for is for pictures only.
 */
export function pictureSide({ input }: TrunkNetwork): number {
  if (input.kind === 'pixels') return input.size;
  throw new EngineError('model-unsupported', `This is for models of pictures, not of ${input.kind}.`, {
    kind: input.kind,
  });
}
