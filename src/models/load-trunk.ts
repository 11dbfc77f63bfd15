/** @file From a catalogue record to a network that can be run and trained. */
import type { ModelCard, ModelInfo } from '../core/model-card.ts';
import type { TrunkNetwork } from '../graph/trunk-network.ts';
import { CATALOGUE, findModel } from './catalogue.ts';
import type { ModelRecord, PackModel, WebGraphModel } from './catalogue.ts';
import { trunkOfPack } from './pack-graph.ts';
import { isPackKept, loadPack, presentPacks } from './pack.ts';
import type { LoadOptions } from './pack.ts';
import { openPartStore } from './part-store.ts';
import { siteRoot } from './site-root.ts';
import { isWebGraphKept, loadWebGraph } from './web-graph.ts';
import { trunkOfWebGraph } from './web-trunk.ts';

export interface LoadedModel {
  /** The caller disposes it. */
  readonly trunk: TrunkNetwork;
  readonly info: ModelInfo;
}

/** All models of the catalogue that there are here; `cached` as it is now. */
export async function listModels(): Promise<readonly ModelCard[]> {
  const present = await presentPacks(new URL('backbones/', siteRoot()));
  const there = (record: ModelRecord) =>
    record.kind !== 'pack' || !record.optional || present.has(record.card.id);
  return Promise.all(CATALOGUE.filter(there).map(cardOf));
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

async function fromPack({ folder, optional }: PackModel, options: LoadOptions): Promise<TrunkNetwork> {
  const store = optional ? { store: await openPartStore() } : {};
  return trunkOfPack(await loadPack(new URL(folder, siteRoot()), { ...options, ...store }));
}

async function fromWebGraph(record: WebGraphModel, options: LoadOptions): Promise<TrunkNetwork> {
  return trunkOfWebGraph(record, await loadWebGraph(record, { ...options, store: await openPartStore() }));
}

async function cardOf(record: ModelRecord): Promise<ModelCard> {
  if (record.kind === 'pack' && !record.optional) {
    return { ...record.card, availability: 'bundled', cached: true };
  }
  const store = await openPartStore();
  const cached =
    record.kind === 'pack'
      ? await isPackKept(new URL(record.folder, siteRoot()), store)
      : await isWebGraphKept(record, store);
  return { ...record.card, availability: 'web', cached };
}
