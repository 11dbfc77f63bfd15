import { EngineError } from '../core/errors.ts';
import { mobileNetV3Small } from '../graph/builders/mobilenet-v3.ts';
import { GraphNetwork } from '../graph/graph-network.ts';
import { asImageTrunk, towards } from '../graph/image-trunk.ts';
import type { Graph } from '../graph/model/ir.ts';
import { ModelNetwork } from '../graph/model-network.ts';
import { importGraphModel } from '../graph/tfjs/import-graph-model.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import { toWeightMap } from '../graph/weights/tensor-bag.ts';
import type { GraphModelNetwork } from './pack-manifest.ts';
import { fileOf, type Pack, tensorsOf } from './pack.ts';

/**
 * The trunk of a pack for pictures. Needs an active back-end.
 * Owns: the caller disposes it.
 * @throws {EngineError} `model-unsupported` if the pack is not for pictures; `model-damaged`.
 */
export function trunkOfPack(pack: Pack): TrunkNetwork {
  const { network } = pack.manifest;
  switch (network.kind) {
    case 'mobilenet-v3-small':
      return new GraphNetwork(mobileNetV3Small(toWeightMap(tensorsOf(pack)), network));
    case 'graph-model':
      return new ModelNetwork(graphModelTrunk(pack, network));
  }
}

/** The network of a pack that is a graph model, as it is. @throws {EngineError} `model-damaged`, `model-unsupported`. */
export function graphOfPack(pack: Pack): Graph {
  const json: unknown = JSON.parse(new TextDecoder().decode(fileOf(pack, 'model.json')));
  return importGraphModel(json, fileOf(pack, 'weights.bin'));
}

function graphModelTrunk(pack: Pack, { image }: GraphModelNetwork): Graph {
  if (image === undefined) {
    throw new EngineError('model-unsupported', `The pack ${pack.manifest.id} is not for pictures.`);
  }
  const { inputSize, featureAxes, range } = image;
  return asImageTrunk(graphOfPack(pack), { inputSize, featureAxes, ...towards(range) });
}
