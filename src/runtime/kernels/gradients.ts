/**
 * @file Gradients that tfjs lacks or computes wrongly, for any tfjs code on any back-end. Found by finite differences:
 * `src/graph/ops/gradients.browser.test.ts`.
 */
import * as tf from '@tensorflow/tfjs-core';

/** Call it after the gradients of tfjs are there. */
export function registerGradients(): void {
  extreme('Maximum', tf.greaterEqual, tf.less);
  extreme('Minimum', tf.lessEqual, tf.greater);
  tf.registerGradient({ kernelName: 'Cumsum', gradFunc: cumulativeSum });
  tf.registerGradient({ kernelName: 'Prod', inputsToSave: ['x'], gradFunc: product });
  tf.registerGradient({ kernelName: 'SplitV', gradFunc: split });
  tf.registerGradient({ kernelName: 'Unpack', gradFunc: unstack });
  tf.registerGradient({
    kernelName: 'Conv3DBackpropInputV2',
    inputsToSave: ['dy', 'filter'],
    gradFunc: transposedConvolution,
  });
}

type Comparison = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** tfjs forgets to add up along the axes that were broadcast. Of equals the first gets the gradient. */
function extreme(kernelName: string, first: Comparison, second: Comparison): void {
  tf.registerGradient({
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      const share = (input: tf.Tensor, chosen: Comparison) => () => {
        const all = tf.mul(dy as tf.Tensor, tf.cast(chosen(a, b), 'float32'));
        const axes = tf.backend_util.getReductionAxes(input.shape, all.shape);
        return axes.length === 0 ? all : tf.reshape(tf.sum(all, axes), input.shape);
      };
      return { a: share(a, first), b: share(b, second) };
    },
  });
}

/** The sum from the other end. That of tfjs is transposed where the axis is not the last. */
const cumulativeSum: tf.GradFunc = (dy, _, attrs) => {
  const { axis, exclusive, reverse } = attrs as unknown as {
    axis: number;
    exclusive: boolean;
    reverse: boolean;
  };
  return { x: () => tf.cumsum(dy as tf.Tensor, axis, exclusive, !reverse) };
};

/** The products of all other elements, without a division: those before times those after. That of tfjs throws. */
const product: tf.GradFunc = (dy, saved, attrs) => {
  const x = saved[0] as tf.Tensor;
  const axes = tf.util.parseAxisParam(attrs['axis'] as unknown as number | number[], x.shape);
  return {
    x: () => {
      const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
      const order = [...kept, ...axes];
      const moved = tf.transpose(x, order);
      const count = axes.reduce((all, axis) => all * (x.shape[axis] as number), 1);
      const rows = tf.reshape(moved, [-1, count]);
      const others = tf.mul(tf.cumprod(rows, 1, true, false), tf.cumprod(rows, 1, true, true));
      const slopes = tf.mul(others, tf.reshape(dy as tf.Tensor, [-1, 1]));
      const back = x.shape.map((_, axis) => order.indexOf(axis));
      return tf.transpose(tf.reshape(slopes, moved.shape), back);
    },
  };
};

/** One part alone comes as a tensor and not as a list, which tfjs does not expect; so with {@link unstack}. */
const split: tf.GradFunc = (dy, _, attrs) => ({
  x: () => tf.concat(listed(dy), attrs['axis'] as unknown as number),
});

const unstack: tf.GradFunc = (dy, _, attrs) => ({
  value: () => tf.stack(listed(dy), attrs['axis'] as unknown as number),
});

function listed(dy: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
  return Array.isArray(dy) ? dy : [dy];
}

/** The gradient of a gradient, which is that of a transposed convolution over three axes. tfjs has it for two. */
const transposedConvolution: tf.GradFunc = (ddx, saved, attrs) => {
  const slopes = ddx as tf.Tensor5D;
  const [dy, filter] = saved as [tf.Tensor, tf.Tensor5D];
  const { strides, pad } = attrs as unknown as { strides: [number, number, number]; pad: 'valid' | 'same' };
  return {
    dy: () => tf.conv3d(slopes, filter, strides, pad),
    filter: () =>
      tf
        .engine()
        .runKernel<tf.Tensor>(
          'Conv3DBackpropFilterV2',
          { x: slopes, dy },
          { strides, pad, filterShape: filter.shape },
        ),
  };
};
