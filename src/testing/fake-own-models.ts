import type { EngineHandlers } from '../core/engine-api.ts';
import { EngineError } from '../core/errors.ts';
import type { BlockInfo, ModelCard } from '../core/model-card.ts';
import type { ModelReport } from '../core/own-model.ts';

/** A trunk of as many blocks as a person will ever see, some of them without weights, with names as exporters write them. */
export const FAKE_OWN_BLOCKS: readonly BlockInfo[] = Array.from({ length: 60 }, (_, index) => ({
  index,
  name:
    index === 0
      ? 'model/stem/conv'
      : `model/encoder/stages.${Math.floor(index / 12)}/layer.${index}/attention`,
  kind: index === 0 ? 'stem' : 'conv',
  parameters: index % 9 === 8 ? 0 : 1_200 * (index + 1),
  outputShape: [14, 14, 64],
}));

const CARD: ModelCard = {
  id: 'own-00000000000000000000000000000000',
  name: 'my-net',
  licence: '',
  source: 'onnx',
  sizeBytes: 8.4e6,
  megaMacs: 420,
  inputSize: 224,
  featureSize: 512,
  task: 'image-classification',
  availability: 'own',
  cached: true,
  headOnly: false,
};

const TRAINABLE = FAKE_OWN_BLOCKS.reduce((sum, { parameters }) => sum + parameters, 0);

const REPORT: ModelReport = {
  inspectionId: 'fake',
  name: 'my-net',
  format: 'onnx',
  producer: 'pytorch, opset 17',
  sizeBytes: CARD.sizeBytes,
  parameters: TRAINABLE + 513_000,
  inputs: [{ name: 'pixel_values', type: 'float32', shape: ['batch', 3, 224, 224] }],
  outputs: [{ name: 'logits', type: 'float32', shape: [null, 1000] }],
  ops: [
    { op: 'Conv', count: 60 },
    { op: 'Relu', count: 49 },
    { op: 'Add', count: 16 },
    { op: 'Gemm', count: 1 },
  ],
  labels: [],
  fixedSize: 224,
  features: [
    { value: 'logits', shape: [1000], size: 1000 },
    { value: 'flatten', shape: [512], size: 512 },
    { value: 'model/encoder/last', shape: [7, 7, 512], size: 512 },
  ],
  guess: { inputSize: 224, range: 'imagenet', channelOrder: 'rgb', features: 'flatten' },
  clue: 'torchvision',
  check: {
    ok: true,
    blocks: FAKE_OWN_BLOCKS,
    featureSize: 512,
    trainable: TRAINABLE,
    kept: [
      { reason: 'old-head', count: 513_000 },
      { reason: 'statistics', count: 9_600 },
    ],
    headOnly: false,
    memory: { forward: 180e6, training: 910e6 },
    forwardMs: 34,
    backend: 'wasm',
    warnings: [],
  },
};

/** A fake shelf of own models: whatever is brought is a network of sixty blocks. */
export function createFakeOwnModels(wait: (signal: AbortSignal) => Promise<void>) {
  let cards: readonly ModelCard[] = [];
  const handlers: Pick<EngineHandlers, Extract<keyof EngineHandlers, `model.${string}`>> = {
    async 'model.inspect'({ source }, { emit, signal }) {
      if ('files' in source && source.files.length === 0)
        throw new EngineError('model-none', 'No files came.');
      for (const stage of ['reading', 'running', 'measuring'] as const) {
        emit({ kind: 'stage', stage });
        await wait(signal);
      }
      return REPORT;
    },
    async 'model.check'(_, { signal }) {
      await wait(signal);
      return REPORT.check;
    },
    'model.adopt'({ name }) {
      const card = { ...CARD, name };
      cards = [card];
      return Promise.resolve(card);
    },
    'model.dismiss': () => Promise.resolve(),
    'model.forget'({ modelId }) {
      cards = cards.filter(({ id }) => id !== modelId);
      return Promise.resolve();
    },
  };
  return { handlers, cards: () => cards };
}
