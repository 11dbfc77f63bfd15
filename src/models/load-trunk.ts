/** @file From a catalogue record to a network that can be run and trained. */
import type { ModelCard, ModelInfo } from '../core/model-card.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import { CATALOGUE, findModel } from './catalogue.ts';
import type { ModelRecord, PackModel, WebGraphModel } from './catalogue.ts';
import { trunkOfPack } from './pack-trunk.ts';
import { loadPack } from './pack.ts';
import type { LoadOptions } from './pack.ts';
import { openPartStore } from './part-store.ts';
import { siteRoot } from './site-root.ts';
import { isWebGraphKept, loadWebGraph } from './web-graph.ts';

export interface LoadedModel {
  /** The caller disposes it. */
  readonly trunk: TrunkNetwork;
  readonly info: ModelInfo;
}

/** All models of the catalogue; `cached` as it is now. */
export function listModels(): Promise<readonly ModelCard[]> {
  return Promise.all(CATALOGUE.map(cardOf));
}

/**
 * Loads a model, from the web if it is not here yet. Needs an active back-end.
 * @throws {EngineError} `not-found`, `offline`, `weights-fetch`, `weights-hash`, `quota`, `model-unsupported`,
 * `cancelled`.
 */
export async function loadTrunk(modelId: string, options: LoadOptions): Promise<LoadedModel> {
  const record = findModel(modelId);
  const trunk = await (record.kind === 'pack' ? fromPack(record, options) : fromWebGraph(record, options));
  return { trunk, info: { card: await cardOf(record), blocks: trunk.blocks } };
}

async function fromPack({ folder }: PackModel, options: LoadOptions): Promise<TrunkNetwork> {
  return trunkOfPack(await loadPack(new URL(folder, siteRoot()), options));
}

async function fromWebGraph(record: WebGraphModel, options: LoadOptions): Promise<TrunkNetwork> {
  const artifacts = await loadWebGraph(record, { ...options, store: await openPartStore() });
  // The converter is large and most people never need it.
  const { graphModelTrunk } = await import('./graph-model-trunk.ts');
  const { inputRange, featureNode, card } = record;
  const { name, inputSize, featureSize } = card;
  return graphModelTrunk(artifacts, { name, inputSize, featureSize, inputRange, featureNode });
}

async function cardOf(record: ModelRecord): Promise<ModelCard> {
  return record.kind === 'pack'
    ? { ...record.card, availability: 'bundled', cached: true }
    : { ...record.card, availability: 'web', cached: await isWebGraphKept(record, await openPartStore()) };
}
