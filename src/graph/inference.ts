import * as tf from '@tensorflow/tfjs-core';
import { hardSwish } from '../runtime/kernels/elementwise.ts';
import { convolve } from './conv-kernels.ts';
import type { Constant, InferencePlan, InferenceStep } from './inference-plan.ts';
import { GRAPH_INPUT } from './ir.ts';

/**
 * Runs an inference plan on the active back-end. Constants are uploaded on first use and again after a change of
 * back-end; {@link release} gives them back.
 */
export class InferenceExecutor {
  private readonly plan: InferencePlan;
  private readonly uploaded = new Map<Constant, tf.Tensor>();
  private uploadedTo: tf.KernelBackend | null = null;

  constructor(plan: InferencePlan) {
    this.plan = plan;
  }

  /**
   * From the activation before block `from` to the one after block `to - 1`; each intermediate is disposed after its
   * last use. The caller keeps `input` and disposes the result.
   */
  run(input: tf.Tensor, from: number, to: number): tf.Tensor {
    const steps = this.plan.slice(from, to).flat();
    const last = steps.at(-1);
    if (last === undefined) return input.clone();
    this.followBackend();
    const uses = new Map<string, number>();
    for (const id of steps.flatMap((step) => step.inputs)) uses.set(id, (uses.get(id) ?? 0) + 1);
    const first = from === 0 ? GRAPH_INPUT : (this.plan[from - 1]?.at(-1)?.output ?? GRAPH_INPUT);
    const values = new Map<string, tf.Tensor>([[first, tf.cast(input, 'float32')]]);
    try {
      for (const step of steps) {
        const inputs = step.inputs.map((id) => valueOf(values, id));
        values.set(
          step.output,
          tf.tidy(() => this.apply(step, inputs)),
        );
        for (const id of step.inputs) {
          const left = (uses.get(id) ?? 0) - 1;
          uses.set(id, left);
          if (left > 0) continue;
          values.get(id)?.dispose();
          values.delete(id);
        }
      }
      const result = valueOf(values, last.output);
      values.delete(last.output);
      return result;
    } finally {
      for (const value of values.values()) value.dispose();
    }
  }

  /** Disposes the uploaded constants; they come back when they are needed. */
  release(): void {
    for (const tensor of this.uploaded.values()) tensor.dispose();
    this.uploaded.clear();
  }

  private apply(step: InferenceStep, inputs: readonly tf.Tensor[]): tf.Tensor {
    const [x, other] = inputs as [tf.Tensor, tf.Tensor];
    switch (step.op) {
      case 'conv2d':
        return convolve(x, this.upload(step.weight), this.upload(step.bias), step, step.activation);
      case 'add-constant':
        return this.perChannel(tf.add, x, step.constant);
      case 'multiply-constant':
        return this.perChannel(tf.mul, x, step.constant);
      case 'hard-swish':
        return hardSwish(x);
      case 'relu':
        return tf.relu(x);
      case 'relu6':
        return tf.relu6(x);
      case 'sigmoid':
        return tf.sigmoid(x);
      case 'add':
        return tf.add(x, other);
      case 'scale-channels':
        return tf.mul(x, other);
      case 'global-average-pool': {
        const [, height = 1, width = 1, channels = 1] = x.shape;
        const pooled = tf.avgPool(x as tf.Tensor4D, [height, width], 1, 'valid');
        return step.keepDims ? pooled : tf.reshape(pooled, [-1, channels]);
      }
    }
  }

  /**
   * A constant per channel is laid out over a whole image row, since broadcasting along a short last axis (three
   * colours) is slow everywhere.
   */
  private perChannel(operation: typeof tf.add, x: tf.Tensor, constant: Constant): tf.Tensor {
    if (constant.shape.length === 0 || x.rank !== 4) return operation(x, this.upload(constant));
    const [batch = 1, height = 1, width = 1, channels = 1] = x.shape;
    const row = this.upload(constant, width);
    return tf.reshape(operation(tf.reshape(x, [batch, height, width * channels]), row), x.shape);
  }

  private upload(constant: Constant, repeat = 1): tf.Tensor {
    const known = this.uploaded.get(constant);
    if (known !== undefined) return known;
    const length = constant.data.length;
    const data =
      repeat === 1
        ? constant.data.slice()
        : Float32Array.from({ length: length * repeat }, (_, i) => constant.data[i % length] as number);
    const shape = repeat === 1 ? [...constant.shape] : [length * repeat];
    const tensor = tf.keep(tf.tensor(data, shape, 'float32'));
    this.uploaded.set(constant, tensor);
    return tensor;
  }

  private followBackend(): void {
    if (this.uploadedTo === tf.backend()) return;
    this.release();
    this.uploadedTo = tf.backend();
  }
}

function valueOf(values: ReadonlyMap<string, tf.Tensor>, id: string): tf.Tensor {
  const value = values.get(id);
  if (value === undefined) throw new Error(`The plan reads "${id}" before it is made.`);
  return value;
}
