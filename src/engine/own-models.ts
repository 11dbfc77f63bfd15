/** @file The models that a person brought: one that is being looked at, and those that are kept on this device. */
import { EngineError } from '../core/errors.ts';
import { sha256 } from '../core/hash.ts';
import type { ModelCard } from '../core/model-card.ts';
import {
  ownModelId,
  type ModelCheck,
  ownModelKey,
  type OwnModelRecord,
  type PictureSettings,
} from '../core/own-model.ts';
import { ModelNetwork } from '../graph/model-network.ts';
import { Inspection } from '../models/own/inspection.ts';
import { givenBlob } from '../models/own/model-files.ts';
import { readModel } from '../models/own/read-model.ts';
import { megaMacsOf } from '../models/own/try-network.ts';
import type { BlobStore } from '../persist/blob-store.ts';
import { ownFilePath, ownRecordPath, parseOwnModel } from '../persist/own-model-record.ts';
import { readOwnModels, sweepOwnModels } from '../persist/own-model-store.ts';
import type { LoadedModel } from './services.ts';

/** An inspection that waits for an answer. */
export interface OpenInspection {
  readonly id: string;
  readonly inspection: Inspection;
  /** Lets go of what fetching it kept. */
  readonly release: () => Promise<void>;
}

/** A trial that went well. */
export type GoodCheck = Extract<ModelCheck, { readonly ok: true }>;

/** Own models of a store. */
export class OwnModels {
  readonly #store: () => Promise<BlobStore>;
  #open: OpenInspection | null = null;

  constructor(store: () => Promise<BlobStore>) {
    this.#store = store;
  }

  /** Makes an inspection the open one; the one before is dropped. */
  async begin(open: OpenInspection): Promise<void> {
    await this.dismiss();
    this.#open = open;
  }

  /** @throws {EngineError} `not-ready` if it is not open any more. */
  inspection(id: string): Inspection {
    if (this.#open?.id !== id)
      throw new EngineError('not-ready', 'This model is not being looked at any more.');
    return this.#open.inspection;
  }

  async dismiss(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    await open?.release();
  }

  /**
   * Keeps the inspected model: its files by content, then its record.
   * @param check The outcome of trying it with the settings.
   * @throws {EngineError} `not-ready`, `quota`.
   */
  async adopt(
    inspectionId: string,
    name: string,
    settings: PictureSettings,
    check: GoodCheck,
  ): Promise<ModelCard> {
    const { source } = this.inspection(inspectionId);
    const store = await this.#store();
    const files = [];
    for (const { name: path, bytes } of source.files) {
      const hash = await sha256(bytes);
      await store.write(ownFilePath(hash), bytes);
      files.push({ name: path, sha256: hash, sizeBytes: bytes.byteLength });
    }
    const content = { format: source.format, settings, files };
    const record: OwnModelRecord = {
      ...content,
      id: ownModelId(await sha256(ownModelKey(content))),
      name,
      labels: source.labels,
      megaMacs: megaMacsOf(check.blocks),
      featureSize: check.featureSize,
      headOnly: check.headOnly,
      addedAtMs: Date.now(),
    };
    await store.write(ownRecordPath(record.id), new Blob([JSON.stringify(record)]));
    await this.dismiss();
    return cardOf(record);
  }

  /** Cards of the kept models, the oldest first. */
  async list(): Promise<readonly ModelCard[]> {
    return (await readOwnModels(await this.#store())).map(cardOf);
  }

  /**
   * Loads a kept model. Needs an active back-end.
   * @throws {EngineError} `model-missing` if it is not on this device; `model-damaged`, `model-unsupported`.
   */
  async load(modelId: string): Promise<LoadedModel> {
    const store = await this.#store();
    const text = await store.read(ownRecordPath(modelId));
    if (text === null) throw missing(modelId);
    const record = await parseOwnModel(await text.text());
    const files = [];
    for (const { name, sha256: hash } of record.files) {
      const blob = await store.read(ownFilePath(hash));
      if (blob === null) throw missing(record.name);
      files.push(givenBlob(name, blob));
    }
    const inspection = new Inspection(await readModel(files));
    const trunk = new ModelNetwork(inspection.trunk(record.settings), { trainable: !record.headOnly });
    return { trunk, info: { card: cardOf(record), blocks: trunk.blocks } };
  }

  /** Erases a model, and those of its files that no other one shares. */
  async forget(modelId: string): Promise<void> {
    const store = await this.#store();
    await store.delete(ownRecordPath(modelId));
    await sweepOwnModels(store);
  }
}

function cardOf({
  id,
  name,
  format,
  settings,
  files,
  megaMacs,
  featureSize,
  headOnly,
}: OwnModelRecord): ModelCard {
  return {
    id,
    name,
    licence: '',
    source: format,
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    megaMacs,
    inputSize: settings.inputSize,
    featureSize,
    task: 'image-classification',
    availability: 'own',
    cached: true,
    headOnly,
  };
}

function missing(name: string): EngineError {
  return new EngineError('model-missing', `The model ${name} is not on this device.`, { model: name });
}
