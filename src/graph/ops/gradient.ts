import * as tf from '@tensorflow/tfjs-core';

/**
 * The same data under a handle that no gradient passes: for indices, masks and comparisons, whose derivatives are
 * zero almost everywhere, and for which tfjs has no gradients.
 */
export function stopGradient(tensor: tf.Tensor): tf.Tensor {
  const engine = tf.engine();
  const backend = engine.state.tensorInfo.get(tensor.dataId)?.backend ?? tf.backend();
  const info = { dataId: tensor.dataId, shape: tensor.shape, dtype: tensor.dtype };
  backend.incRef(info.dataId);
  return engine.makeTensorFromTensorInfo(info, backend);
}

/** An operation of any number of inputs with a gradient of its own; `null` for an input that gets none. */
export function withGradient(
  inputs: readonly tf.Tensor[],
  operation: (
    inputs: readonly tf.Tensor[],
    save: (tensors: tf.Tensor[]) => void,
  ) => { value: tf.Tensor; gradient: (dy: tf.Tensor, saved: readonly tf.Tensor[]) => tf.Tensor[] },
): tf.Tensor {
  const custom = tf.customGrad((...args) => {
    const save = args.at(-1) as tf.GradSaveFunc;
    const { value, gradient } = operation(args.slice(0, -1) as tf.Tensor[], save);
    return { value, gradFunc: (dy, saved) => gradient(dy, saved) };
  });
  return custom(...inputs);
}

/** Sums a gradient over the axes along which a value of the given shape was broadcast. */
export function sumToShape(tensor: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const extra = tensor.shape.length - shape.length;
  const axes = tensor.shape.flatMap((size, axis) =>
    axis < extra || (shape[axis - extra] === 1 && size !== 1) ? [axis] : [],
  );
  return axes.length === 0 ? tensor : tf.reshape(tf.sum(tensor, axes), [...shape]);
}

/** Keeps a tensor that several gradients of one operation share until all of them are computed. */
export type Share = <T extends tf.Tensor>(make: () => T) => () => T;

/** What an operation of {@link differentiable} computes, by input. */
export type InputGradients = Readonly<Record<string, () => tf.Tensor>>;

/** The members of tfjs' engine that take gradients one by one; `tf.customGrad` computes those of all inputs. */
interface LazyEngine {
  runKernelFunc(call: {
    readonly inputs: Readonly<Record<string, tf.Tensor>>;
    readonly forwardFunc: (backend: unknown, save: (tensors: tf.Tensor[]) => void) => tf.Tensor;
    readonly backwardsFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => InputGradients;
  }): tf.Tensor;
}

/**
 * An operation with a gradient of its own, of which only those parts are computed that somebody asks for: frozen
 * weights and activations without parameters below them cost nothing.
 * What `backward` needs of the forward pass must be saved; tfjs disposes the rest.
 */
export function differentiable(
  inputs: Readonly<Record<string, tf.Tensor>>,
  forward: (save: (tensors: tf.Tensor[]) => void) => tf.Tensor,
  backward: (dy: tf.Tensor, saved: readonly tf.Tensor[], share: Share) => InputGradients,
): tf.Tensor {
  const engine = tf.engine();
  if (!engine.isTapeOn()) return forward(() => undefined);
  return (engine as unknown as LazyEngine).runKernelFunc({
    inputs,
    forwardFunc: (_, save) => forward(save),
    // tfjs disposes what is saved when all gradients are there.
    backwardsFunc: (dy, saved) =>
      backward(dy, [...saved], (make) => {
        let made: ReturnType<typeof make> | null = null;
        return () => {
          if (made === null) saved.push((made = tf.keep(make())));
          return made;
        };
      }),
  });
}
