/** @file From the files of a model pack to its network. */
import { EngineError } from '../core/errors.ts';
import type { TrunkInput } from '../core/trunk-input.ts';
import { bertEncoder, parseBertConfig } from '../graph/builders/bert.ts';
import { efficientNetLite0 } from '../graph/builders/efficientnet-lite0.ts';
import { mobileNetV3Small } from '../graph/builders/mobilenet-v3.ts';
import { asImageTrunk, normalized, towards } from '../graph/image-trunk.ts';
import type { Graph } from '../graph/model/ir.ts';
import { ModelNetwork } from '../graph/model-network.ts';
import { importOnnx } from '../graph/onnx/import-onnx.ts';
import { asSoundTrunk } from '../graph/sound-trunk.ts';
import { asTextTrunk } from '../graph/text-trunk.ts';
import { importGraphModel } from '../graph/tfjs/import-graph-model.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import { readSafetensors } from '../graph/weights/safetensors.ts';
import type { TensorBag } from '../graph/weights/tensor-bag.ts';
import { fileOf, type Pack } from './pack.ts';

/** The tensors of a pack that is a bag of them. @throws {EngineError} as {@link readSafetensors}. */
export function tensorsOf(pack: Pack): TensorBag {
  return readSafetensors(fileOf(pack, 'model.safetensors'));
}

/**
 * The network of a pack as it was published, without what is made of it for pictures.
 * @throws {EngineError} `model-damaged`, `model-unsupported`.
 */
export async function graphOfPack(pack: Pack): Promise<Graph> {
  const { network } = pack.manifest;
  switch (network.kind) {
    case 'mobilenet-v3-small':
      return mobileNetV3Small(tensorsOf(pack), network);
    case 'efficientnet-lite0':
      return efficientNetLite0(tensorsOf(pack), network);
    case 'bert':
      return bertEncoder(tensorsOf(pack), parseBertConfig(jsonOf(pack, 'config.json')));
    case 'graph-model':
      return importGraphModel(jsonOf(pack, 'model.json'), fileOf(pack, 'weights.bin'));
    case 'onnx':
      return importOnnx(fileOf(pack, 'model.onnx'));
  }
}

/**
 * The trunk of a pack for pictures, sounds or texts. Needs an active back-end.
 * Owns: the caller disposes it.
 * @throws {EngineError} `model-unsupported` if the pack is for none of them; `model-damaged`.
 */
export async function trunkOfPack(pack: Pack): Promise<TrunkNetwork> {
  const { network } = pack.manifest;
  if (network.kind === 'mobilenet-v3-small') {
    return new ModelNetwork(await graphOfPack(pack), { isKnown: true });
  }
  if (network.kind === 'efficientnet-lite0') {
    const { inputSize, mean, std } = network;
    const framing = { inputSize, featureAxes: 4, ...normalized(mean, std) };
    return new ModelNetwork(asImageTrunk(await graphOfPack(pack), framing), { isKnown: true });
  }
  if (network.kind === 'onnx' && network.sound !== undefined) {
    const { frames } = network.sound;
    const trunk = asSoundTrunk(await graphOfPack(pack), network.sound);
    return new ModelNetwork(trunk, { isKnown: true, input: { kind: 'mel', frames } });
  }
  if (network.kind === 'graph-model' && network.text !== undefined) {
    const trunk = asTextTrunk(await graphOfPack(pack), network.text);
    return new ModelNetwork(trunk, { isKnown: true, input: textInput(pack, network.text.length) });
  }
  if (network.kind !== 'graph-model' || network.image === undefined) {
    throw notFor(pack, 'pictures, sounds or texts');
  }
  const { inputSize, featureAxes, range } = network.image;
  const framing = { inputSize, featureAxes, ...towards(range) };
  return new ModelNetwork(asImageTrunk(await graphOfPack(pack), framing), { isKnown: true });
}

/** What a trunk for texts takes. */
export function textInput(pack: Pack, length: number): TrunkInput {
  const vocabulary = new TextDecoder().decode(fileOf(pack, 'vocab.json'));
  return { kind: 'tokens', length, model: pack.manifest.id, vocabulary };
}

function jsonOf(pack: Pack, name: string): unknown {
  return JSON.parse(new TextDecoder().decode(fileOf(pack, name)));
}

function notFor({ manifest }: Pack, what: string): EngineError {
  return new EngineError('model-unsupported', `The pack ${manifest.id} is not for ${what}.`, {
    pack: manifest.id,
  });
}
