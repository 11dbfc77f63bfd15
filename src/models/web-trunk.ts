import { EngineError } from '../core/errors.ts';
import { asImageTrunk, towards } from '../graph/image-trunk.ts';
import { ModelNetwork } from '../graph/model-network.ts';
import { importGraphModel } from '../graph/tfjs/import-graph-model.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import type { WebGraphModel } from './catalogue.ts';
import type { WebGraph } from './web-graph.ts';

/** What a record must say to make a trunk of its files. */
type WebTrunkRecord = Pick<WebGraphModel, 'inputRange' | 'featureNode'> & {
  readonly card: Pick<WebGraphModel['card'], 'name' | 'inputSize' | 'featureSize'>;
};

/**
 * A trunk of a graph model from the web, open at every depth. Needs an active back-end.
 * Owns: the caller disposes it.
 * @throws {EngineError} `model-damaged`; `model-unsupported` with the operations that are not known here, or if the
 * features are not those that the record names.
 */
export function trunkOfWebGraph(record: WebTrunkRecord, { json, weights }: WebGraph): TrunkNetwork {
  const { inputRange, featureNode, card } = record;
  const graph = importGraphModel(json, weights, { outputs: [featureNode] });
  const { inputSize, name, featureSize } = card;
  const trunk = new ModelNetwork(asImageTrunk(graph, { inputSize, featureAxes: 4, ...towards(inputRange) }));
  if (trunk.featureSize === featureSize) return trunk;
  trunk.dispose();
  throw new EngineError(
    'model-unsupported',
    `${name} gives ${trunk.featureSize} features in place of ${featureSize}.`,
    { model: name },
  );
}
