/** @file What is found out about a model that a person brought, and trying it with settings. */
import type { BackendName } from '../../core/device.ts';
import { EngineError, toErrorData } from '../../core/errors.ts';
import type { BlockInfo } from '../../core/model-card.ts';
import {
  INPUT_SIDES,
  type InspectStage,
  type KeptParameters,
  type KeptReason,
  type ModelCheck,
  type ModelReport,
  type ModelWarning,
  type PictureSettings,
  type ValueFact,
} from '../../core/own-model.ts';
import { type Graph, isTrainable, type Parameter } from '../../graph/model/ir.ts';
import { isFloat, sizeOf } from '../../graph/model/tensor-data.ts';
import { ModelNetwork } from '../../graph/model-network.ts';
import { timeForward } from '../../graph/time-forward.ts';
import { defaultFeatures, featureChoices, featureValues, type FeatureValue } from './feature-values.ts';
import { framed } from './frame.ts';
import { guessRange } from './guess-range.ts';
import { type PictureInput, pictureInput } from './picture-input.ts';
import type { SourceModel } from './read-model.ts';
import { forwardBytes, runTwo, trainingBytes, tryStep } from './try-network.ts';

/** What runs the trial. */
export interface Bench {
  readonly backend: BackendName;
  readonly onStage: (stage: InspectStage) => void;
  /** Called between steps. @throws {EngineError} `cancelled`. */
  readonly assertGoing: () => void;
}

/** Side that open inputs get unless the person says otherwise, px: that of nearly all networks for pictures. */
const USUAL_SIDE = 224;
/** Slower than this live use stutters, ms a picture. */
const SLOW_MS = 250;
const MUCH_MEMORY_BYTES = 1.5e9;
/** Fewer features than this rarely tell new things apart. */
const FEW_FEATURES = 32;

/** A model that was read, with what does not change when settings do. */
export class Inspection {
  readonly source: SourceModel;
  readonly input: PictureInput;
  /** Feature values by input side, px. */
  private readonly values = new Map<number, readonly FeatureValue[]>();
  private readonly checks = new Map<string, ModelCheck>();

  /** @throws {EngineError} `model-text`, `model-no-pictures`. */
  constructor(source: SourceModel) {
    this.source = source;
    this.input = pictureInput(source.graph, source.format);
  }

  /** @throws {EngineError} `model-unsupported`, `model-no-features`, `cancelled`. */
  async report(inspectionId: string, bench: Bench): Promise<ModelReport> {
    const { graph, format, producer, files, labels, name } = this.source;
    const { fixedSize } = this.input;
    bench.onStage('running');
    const inputSize = fixedSize ?? USUAL_SIDE;
    const values = this.valuesAt(inputSize);
    const { range, clue } = guessRange(graph, this.input, format, producer);
    const features = defaultFeatures(values, graph, format);
    const guess: PictureSettings = { inputSize, range, channelOrder: 'rgb', features };
    const check = await this.check(guess, bench);
    return {
      inspectionId,
      name,
      format,
      producer,
      sizeBytes: files.reduce((sum, { bytes }) => sum + bytes.byteLength, 0),
      parameters: numbersIn([...graph.parameters.values()].filter(({ role }) => role !== 'constant')),
      inputs: graph.inputs.map(({ name: value, dtype, shape }): ValueFact => ({
        name: value,
        type: dtype,
        shape,
      })),
      outputs: graph.outputs.map((value) => outputFact(value, values)),
      ops: opCounts(graph),
      labels,
      fixedSize,
      features: featureChoices(values),
      guess,
      clue,
      check:
        check.ok && clue === 'none'
          ? { ...check, warnings: [...check.warnings, { kind: 'range-guessed' }] }
          : check,
    };
  }

  /** Tries the network with some settings: runs it, teaches it one step, times it. The same settings are tried once. */
  async check(settings: PictureSettings, bench: Bench): Promise<ModelCheck> {
    const { inputSize, range, channelOrder, features } = settings;
    const key = JSON.stringify([inputSize, range, channelOrder, features, bench.backend]);
    const check = this.checks.get(key) ?? (await this.tried(settings, bench));
    this.checks.set(key, check);
    return check;
  }

  private async tried(settings: PictureSettings, bench: Bench): Promise<ModelCheck> {
    let network: ModelNetwork | null = null;
    try {
      bench.onStage('running');
      const trunk = this.trunk(settings);
      network = new ModelNetwork(trunk);
      await runTwo(network);
      bench.assertGoing();
      const step = tryStep(network);
      bench.assertGoing();
      bench.onStage('measuring');
      const forwardMs = await timeForward(network);
      return this.outcome(network, trunk, step, { forwardMs, backend: bench.backend });
    } catch (thrown) {
      const error = toErrorData(thrown);
      if (error.code === 'cancelled' || error.code === 'device-lost') throw thrown;
      return { ok: false, error };
    } finally {
      network?.dispose();
    }
  }

  /** @throws {EngineError} `model-unsupported`, `model-no-features`. Needs an active back-end. */
  trunk(settings: PictureSettings): Graph {
    const { inputSize } = settings;
    const { fixedSize } = this.input;
    const fits = inputSize >= INPUT_SIDES.min && inputSize <= INPUT_SIDES.max && Number.isInteger(inputSize);
    if (!fits || (fixedSize !== null && fixedSize !== inputSize)) {
      throw new EngineError('model-no-pictures', `The network does not take pictures of ${inputSize} px.`, {
        input: `${inputSize} px`,
      });
    }
    return framed(this.source.graph, this.input, this.valuesAt(inputSize), settings);
  }

  private valuesAt(inputSize: number): readonly FeatureValue[] {
    const known = this.values.get(inputSize) ?? featureValues(this.source.graph, this.input, inputSize);
    this.values.set(inputSize, known);
    return known;
  }

  private outcome(
    network: ModelNetwork,
    trunk: Graph,
    step: ReturnType<typeof tryStep>,
    speed: { readonly forwardMs: number; readonly backend: BackendName },
  ): ModelCheck {
    const { blocks, featureSize, inputSize } = network;
    const unreached = new Set(step.ok ? step.unreached : []);
    const used = [...trunk.parameters.values()];
    const learning = step.ok ? used.filter((one) => isTrainable(one) && !unreached.has(one.name)) : [];
    const trainable = numbersIn(learning);
    const parameters = numbersIn(used);
    const headOnly = trainable === 0;
    const memory = {
      forward: forwardBytes(blocks, inputSize, parameters),
      training: trainingBytes(parameters, trainable, step.ok ? step.activationBytes : 0),
    };
    const warnings: ModelWarning[] = [
      ...(step.ok ? [] : [{ kind: 'cannot-train' as const, op: step.op, node: step.node }]),
      ...(step.ok && headOnly ? [{ kind: 'nothing-to-train' as const }] : []),
      ...(featureSize < FEW_FEATURES ? [{ kind: 'few-features' as const, size: featureSize }] : []),
      ...(speed.forwardMs > SLOW_MS ? [{ kind: 'slow' as const, forwardMs: speed.forwardMs }] : []),
      ...(memory.training > MUCH_MEMORY_BYTES
        ? [{ kind: 'much-memory' as const, bytes: memory.training }]
        : []),
    ];
    return {
      ok: true,
      blocks: blocks.map((block): BlockInfo => ({ ...block, outputShape: [...block.outputShape] })),
      featureSize,
      trainable,
      kept: this.keptParameters(trunk, new Set(learning.map(({ name }) => name))),
      headOnly,
      memory,
      ...speed,
      warnings,
    };
  }

  private keptParameters(trunk: Graph, learning: ReadonlySet<string>): KeptParameters[] {
    const counts = new Map<KeptReason, number>();
    for (const parameter of this.source.graph.parameters.values()) {
      if (learning.has(parameter.name)) continue;
      const reason = keptReason(parameter, trunk.parameters.has(parameter.name));
      if (reason !== null) counts.set(reason, (counts.get(reason) ?? 0) + sizeOf(parameter.shape));
    }
    return [...counts].map(([reason, count]) => ({ reason, count }));
  }
}

function keptReason(parameter: Parameter, used: boolean): KeptReason | null {
  const { role, dtype, shape } = parameter;
  if (role === 'running-mean' || role === 'running-variance') return used ? 'statistics' : null;
  const isWeight = sizeOf(shape) > 16;
  if (!isFloat(dtype)) return isWeight && /int[48]$/.test(dtype) ? 'quantised' : null;
  if (!used) return role === 'constant' ? null : 'old-head';
  if (role === 'constant') return isWeight ? 'settings' : null;
  return 'no-gradient';
}

function numbersIn(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

function outputFact(name: string, values: readonly FeatureValue[]): ValueFact {
  const known = values.find(({ value }) => value === name);
  const type = known?.type ?? null;
  return { name, type: type ?? '', shape: type === null ? null : [null, ...(known?.shape ?? [])] };
}

function opCounts({ nodes }: Graph): { op: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { op } of nodes) counts.set(op, (counts.get(op) ?? 0) + 1);
  return [...counts].map(([op, count]) => ({ op, count })).sort((a, b) => b.count - a.count);
}
