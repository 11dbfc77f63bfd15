/** @file A step of an optimizer over all parameters, a program for each tensor that it makes. */
import type * as tf from '@tensorflow/tfjs-core';
import type { AdamWConstants, AdamWRange } from '../adamw.ts';
import type { SgdConstants, SgdRange } from '../sgd.ts';
import { type Gpu, runProgram } from './program.ts';

/** Numbers of a range, by name, as uniforms; and the text that picks those of the range that `column` lies in. */
function pick(
  ranges: readonly { readonly end: number }[],
  numbers: readonly Readonly<Record<string, number>>[],
) {
  const names = Object.keys(numbers[0] ?? {});
  const choose = (i: number) => names.map((name) => `${name} = u_${name}${i};`).join(' ');
  return {
    ints: Object.fromEntries(ranges.slice(0, -1).map(({ end }, i) => [`end${i}`, end])),
    floats: Object.fromEntries(
      numbers.flatMap((own, i) => Object.entries(own).map(([name, value]) => [`${name}${i}`, value])),
    ),
    text: [
      ...names.map((name) => `float ${name} = u_${name}0;`),
      ...ranges.slice(1).map((_, i) => `if (column >= u_end${i}) { ${choose(i + 1)} }`),
    ].join('\n'),
  };
}

/** `GraftAdamW`: new parameters, first and second moments. */
export function adamW(gpu: Gpu, inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap): tf.TensorInfo[] {
  const { parameters, first, second, gradients } = inputs as Record<string, tf.TensorInfo>;
  const { ranges, constants } = attrs as unknown as {
    ranges: readonly AdamWRange[];
    constants: AdamWConstants;
  };
  if (!parameters || !first || !second || !gradients) throw new Error('An input of AdamW is missing.');
  const { gradientFactor, beta1, beta2, rootCorrection, epsilon } = constants;
  const { shape } = parameters;
  const m = runProgram(gpu, {
    name: 'firstMoment',
    inputs: { m: first, g: gradients },
    floats: { kept: beta1, fresh: (1 - beta1) * gradientFactor },
    text: 'result = u_kept * here_m + u_fresh * here_g;',
    shape,
  });
  const v = runProgram(gpu, {
    name: 'secondMoment',
    inputs: { v: second, g: gradients },
    floats: { kept: beta2, fresh: 1 - beta2, factor: gradientFactor },
    text: 'float slope = u_factor * here_g; result = u_kept * here_v + u_fresh * slope * slope;',
    shape,
  });
  const chosen = pick(
    ranges,
    ranges.map(({ keep, stepSize }) => ({ keep, stepSize })),
  );
  const p = runProgram(gpu, {
    name: `adamW of ${ranges.length}`,
    inputs: { p: parameters, m, v },
    ints: chosen.ints,
    floats: { ...chosen.floats, rootCorrection, epsilon },
    text: `${chosen.text}
      result = here_p * keep - here_m * stepSize / (sqrt(here_v) / u_rootCorrection + u_epsilon);`,
    shape,
  });
  return [p, m, v];
}

/** `GraftSgd`: new parameters and velocity. */
export function sgd(gpu: Gpu, inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap): tf.TensorInfo[] {
  const { parameters, velocity, gradients } = inputs as Record<string, tf.TensorInfo>;
  const { ranges, constants } = attrs as unknown as { ranges: readonly SgdRange[]; constants: SgdConstants };
  if (!parameters || !velocity || !gradients) throw new Error('An input of SGD is missing.');
  const { shape } = parameters;
  const decay = pick(
    ranges,
    ranges.map(({ l2 }) => ({ l2 })),
  );
  const v = runProgram(gpu, {
    name: `velocity of ${ranges.length}`,
    inputs: { p: parameters, v: velocity, g: gradients },
    ints: decay.ints,
    floats: { ...decay.floats, momentum: constants.momentum, factor: constants.gradientFactor },
    text: `${decay.text}
      result = u_momentum * here_v + (u_factor * here_g + l2 * here_p);`,
    shape,
  });
  const rates = pick(
    ranges,
    ranges.map(({ rate }) => ({ rate })),
  );
  const p = runProgram(gpu, {
    name: `sgd of ${ranges.length}`,
    inputs: { p: parameters, v },
    ints: rates.ints,
    floats: rates.floats,
    text: `${rates.text}
      result = here_p - rate * here_v;`,
    shape,
  });
  return [p, v];
}
