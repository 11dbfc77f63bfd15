/** @file Puts together the `model.json` of a TensorFlow.js layers model (a functional model of Keras) and its weights. */

/** The result of a layer, or the input of the model. */
export interface LayerValue {
  readonly layer: string;
}

interface WeightEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32';
  readonly quantization?: { readonly dtype: 'uint16'; readonly min: number; readonly scale: number };
}

/** A weight of a layer, by the name that Keras has for it. */
export interface LayerWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Smaller weights stay as they are: they weigh nothing, and rounding them costs most. */
const SMALLEST_HALVED = 1024;
const STEPS = 65535;

/** Layers and weights of one model, in the order in which they are added. */
export class LayersModel {
  private readonly layers: unknown[] = [];
  private readonly weights: WeightEntry[] = [];
  private readonly pieces: Uint8Array<ArrayBuffer>[] = [];
  private readonly taken = new Set<string>();
  private readonly halve: boolean;

  /** @param halve Large weights are stored as one of 65536 steps between their least and their greatest. */
  constructor(halve: boolean) {
    this.halve = halve;
  }

  input(shape: readonly (number | null)[]): LayerValue {
    const layer = this.fresh('input');
    const config = { batch_input_shape: shape, dtype: 'float32', sparse: false, name: layer };
    this.layers.push({ name: layer, class_name: 'InputLayer', config, inbound_nodes: [] });
    return { layer };
  }

  /** `config` in the words of Keras. */
  add(
    className: string,
    wanted: string,
    inputs: readonly LayerValue[],
    config: Readonly<Record<string, unknown>> = {},
    weights: readonly LayerWeight[] = [],
  ): LayerValue {
    const layer = this.fresh(wanted);
    const from = inputs.map((input) => [input.layer, 0, 0, {}]);
    const whole = { name: layer, trainable: true, ...config };
    this.layers.push({ name: layer, class_name: className, config: whole, inbound_nodes: [from] });
    for (const weight of weights) this.store(`${layer}/${weight.name}`, weight);
    return { layer };
  }

  /** The files: `model.json` as text, and `weights.bin`. */
  files(input: LayerValue, output: LayerValue): { readonly json: string; readonly weights: Blob } {
    const config = {
      name: 'graft',
      layers: this.layers,
      input_layers: [[input.layer, 0, 0]],
      output_layers: [[output.layer, 0, 0]],
    };
    const json = JSON.stringify({
      format: 'layers-model',
      generatedBy: 'Graft',
      convertedBy: null,
      modelTopology: {
        class_name: 'Model',
        config,
        keras_version: 'tfjs-layers 1.3.1',
        backend: 'tensor_flow.js',
      },
      weightsManifest: [{ paths: ['weights.bin'], weights: this.weights }],
    });
    return { json, weights: new Blob(this.pieces) };
  }

  private store(name: string, { shape, values }: LayerWeight): void {
    const quantization = this.halve && values.length >= SMALLEST_HALVED ? stepsOf(values) : null;
    if (quantization === null) {
      this.weights.push({ name, shape, dtype: 'float32' });
      this.pieces.push(new Uint8Array(values.slice().buffer));
      return;
    }
    const { min, scale } = quantization;
    this.weights.push({ name, shape, dtype: 'float32', quantization: { dtype: 'uint16', min, scale } });
    const steps = Uint16Array.from(values, (value) => Math.round((value - min) / scale));
    this.pieces.push(new Uint8Array(steps.buffer));
  }

  /** A name like the wanted one that no layer has; slashes part the names of weights. */
  private fresh(wanted: string): string {
    const plain = wanted.replace(/[^A-Za-z0-9_]+/g, '_') || 'layer';
    let name = plain;
    for (let i = 2; this.taken.has(name); i++) name = `${plain}_${i}`;
    this.taken.add(name);
    return name;
  }
}

/** `null` where all are the same, or one is no number. */
function stepsOf(values: Float32Array) {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) [min, max] = [Math.min(min, value), Math.max(max, value)];
  return max > min && Number.isFinite(max - min) ? { min, scale: (max - min) / STEPS } : null;
}
