/** @file Which values of a network can be its features: found by running it once and looking at what everything passes. */
import * as tf from '@tensorflow/tfjs-core';
import { EngineError } from '../../core/errors.ts';
import type { FeatureChoice, ModelFormat } from '../../core/own-model.ts';
import { findCuts } from '../../graph/cuts.ts';
import type { DataType, Graph, Node } from '../../graph/model/ir.ts';
import { isFloat } from '../../graph/model/tensor-data.ts';
import { shapeOf } from '../../graph/ops/value.ts';
import { GraphExecutor } from '../../graph/run/executor.ts';
import { disposeValue } from '../../graph/run/values.ts';
import type { PictureInput } from './picture-input.ts';

/** A value that alone carries everything onward, as it is for one picture. */
export interface FeatureValue extends FeatureChoice {
  /** Of its elements; `null` for a list of values. */
  readonly type: DataType | null;
  /** A list of numbers; else a map over space or a row of tokens, to be pooled. */
  readonly isVector: boolean;
  /** Whether a layer with weights lies between the value before and this one. */
  readonly afterLayer: boolean;
  /** On the way to the first output. */
  readonly isMain: boolean;
  /** One row for each picture, made by a layer, of more than a number or two. */
  readonly usable: boolean;
}

/** Layers whose product makes new features from old ones. */
const LAYERS = new Set([
  'Conv',
  'ConvTranspose',
  'Gemm',
  'MatMul',
  'MatMulInteger',
  'ConvInteger',
  'QLinearConv',
  'QLinearMatMul',
  'com.microsoft:FusedMatMul',
  'com.microsoft:MatMulNBits',
  'com.microsoft:Attention',
  'LSTM',
  'GRU',
]);
/** Fewer numbers tell pictures apart only by luck. */
const LEAST_FEATURES = 2;

/**
 * Runs the network on an empty picture.
 * @throws {EngineError} `model-unsupported` with node and operation if it cannot be run; `model-no-features` if no value
 * behind a layer carries everything onward.
 */
export function featureValues(graph: Graph, input: PictureInput, size: number): readonly FeatureValue[] {
  const main = new Set(findCuts(graph).map(({ value }) => value));
  const cuts = new Map<string, readonly Node[]>();
  for (const output of graph.outputs) {
    for (const { value, nodes } of findCuts(graph, output)) if (!cuts.has(value)) cuts.set(value, nodes);
  }
  const facts = factsOf(graph, input, size, [...cuts.keys()]);
  let hasLayer = false;
  const values = [...cuts].map(([value, nodes]): FeatureValue => {
    const afterLayer = nodes.some(({ op }) => LAYERS.has(op));
    hasLayer ||= afterLayer;
    const fact = facts.get(value);
    const [batch, ...shape] = fact?.shape ?? [];
    const isVector = shape.filter((length) => length > 1).length <= 1;
    const features = isVector ? shape.reduce((a, b) => a * b, 1) : pooledSize(shape, input.channelsFirst);
    const fits = batch === 1 && shape.length > 0 && shape.length <= 3 && features >= LEAST_FEATURES;
    const usable = hasLayer && fact?.isReal === true && fits;
    return {
      value,
      type: fact?.type ?? null,
      shape,
      size: features,
      isVector,
      afterLayer,
      isMain: main.has(value),
      usable,
    };
  });
  if (values.some(({ usable }) => usable)) return values;
  throw new EngineError('model-no-features', 'No value of the network is made from the whole picture.');
}

/** What a run says of a value. */
interface ValueSeen {
  readonly type: DataType;
  /** With the batch. */
  readonly shape: readonly number[];
  /** A tensor of floats: it can be features. */
  readonly isReal: boolean;
}

function factsOf(graph: Graph, input: PictureInput, size: number, outputs: readonly string[]) {
  const executor = new GraphExecutor(graph);
  const shape = input.channelsFirst ? [1, 3, size, size] : [1, size, size, 3];
  const tensor = tf.zeros(shape, isFloat(input.dtype) ? 'float32' : 'int32');
  try {
    const results = executor.run({
      feeds: new Map([[input.name, { kind: 'tensor', dtype: input.dtype, tensor }]]),
      outputs,
    });
    const facts = new Map<string, ValueSeen>();
    for (const [name, value] of results) {
      if (value.kind === 'tensor' || value.kind === 'host') {
        const isReal = value.kind === 'tensor' && value.tensor.dtype === 'float32';
        facts.set(name, { type: value.dtype, shape: shapeOf(value), isReal });
      }
      disposeValue(value);
    }
    return facts;
  } finally {
    tensor.dispose();
    executor.dispose();
  }
}

/** The axis of a value's channels, without the batch: of maps with channels first or last, of tokens the last. */
export function channelAxisOf(shape: readonly number[], channelsFirst: boolean): number {
  const [first = 0, second = 0, third = 0] = shape;
  if (shape.length < 3) return shape.length - 1;
  // Square maps tell by themselves; importers may have turned those inside.
  if (second === third && first !== second) return 0;
  if (first === second && second !== third) return 2;
  return channelsFirst ? 0 : 2;
}

function pooledSize(shape: readonly number[], channelsFirst: boolean): number {
  return shape[channelAxisOf(shape, channelsFirst)] ?? 0;
}

const MAPS = 6;
const CHOICES = 24;

/** A value's name without the number that an importer gave it. */
export function stem(value: string): string {
  return value.replace(/#\d+$/, '');
}

/** What a person can choose from: the end of each layer, all vectors and the last maps, the latest first. */
export function featureChoices(values: readonly FeatureValue[]): readonly FeatureChoice[] {
  const ends = values.filter((value, index) => value.usable && values[index + 1]?.afterLayer !== false);
  const maps = ends.filter(({ isVector }) => !isVector).slice(-MAPS);
  return ends
    .filter((value) => value.isVector || maps.includes(value))
    .slice(-CHOICES)
    .reverse()
    .map(({ value, shape, size }) => ({ value, shape, size }));
}

/**
 * The value that a new head is put on, unless the person says otherwise: the one before the classifier. That is the last
 * layer that gives a vector; networks of convolutions alone end in a map that a softmax follows. A network without a
 * classifier gives features itself. Teachable Machine puts two dense layers on its trunk, which both make room.
 */
export function defaultFeatures(all: readonly FeatureValue[], graph: Graph, format: ModelFormat): string {
  const values = all.filter(({ isMain }) => isMain);
  const head =
    format === 'teachable-machine'
      ? values.findIndex(({ isVector, afterLayer }) => isVector && afterLayer)
      : values.findLastIndex(({ afterLayer }) => afterLayer);
  const classifies = values[head]?.isVector === true || endsInSoftmax(graph);
  const before = classifies ? values.slice(0, head).findLast(({ usable }) => usable) : undefined;
  const found = before ?? values.findLast(({ usable }) => usable) ?? all.find(({ usable }) => usable);
  return found?.value ?? '';
}

function endsInSoftmax({ nodes }: Graph): boolean {
  return nodes.slice(-6).some(({ op }) => op === 'Softmax' || op === 'LogSoftmax');
}
