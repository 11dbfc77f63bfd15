import type { Graph } from '../model/ir.ts';
import { factorsCarried } from './factors.ts';
import { fused } from './fuse.ts';
import { recognised } from './patterns.ts';
import type { PassOptions } from './rewriting.ts';
import { simplified } from './simplify.ts';

/**
 * A graph that computes the same with fewer and cheaper nodes: for inference where no parameter is a variable, for
 * training where some are. Names of the outputs, of what is kept and of the parameters stay.
 */
export function optimised(graph: Graph, options: PassOptions): Graph {
  const passes = [simplified, recognised, fused, factorsCarried];
  return passes.reduce((result, pass) => pass(result, options), graph);
}
