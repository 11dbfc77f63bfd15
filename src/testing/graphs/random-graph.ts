import { ELEMENTWISE_MAKERS } from './elementwise-ops.ts';
import { GraphMaker } from './graph-maker.ts';
import { NETWORK_MAKERS } from './network-ops.ts';
import { SHAPE_MAKERS } from './shape-ops.ts';

/** What runs over space keeps the value's other forms busy, so it is drawn more often than its number says. */
const KINDS = [ELEMENTWISE_MAKERS, SHAPE_MAKERS, NETWORK_MAKERS, NETWORK_MAKERS] as const;

/**
 * A random graph of up to `steps` operations or small blocks, with data for its inputs. The same seed gives the same
 * graph. Values stay within bounds where float32 is accurate, so two sound runtimes agree.
 */
export function randomGraph(seed: number, steps: number) {
  const maker = new GraphMaker(seed);
  const size = (low: number, high: number) => maker.int(low, high);
  const dynamic = maker.pick(['none', 'batch', 'all'] as const);
  maker.input([size(1, 2), size(3, 7), size(3, 7), maker.pick([1, 2, 3, 4, 8])], dynamic);
  if (maker.chance(0.5)) maker.input([size(1, 2), size(2, 5), size(2, 6)], dynamic);
  if (maker.chance(0.3)) maker.input([size(1, 3), size(2, 6)], dynamic);
  if (maker.chance(0.15)) maker.input([1, 3, 4, 3, 2], dynamic);
  for (let step = 0; step < steps; step++) {
    const made = maker.pick(maker.pick(KINDS))(maker);
    if (made !== null) maker.keep(made);
  }
  return { ...maker.finish(), ops: maker.ops() };
}
