/**
 * @file Small models with the operations, names and wiring of the exports on TensorFlow Hub that the catalogue names,
 * since these are too large to be kept here: MobileNet V1 (normalisations as they are), MobileNet V2 (folded and fused by
 * the converter) and EfficientNet-Lite (TensorFlow 2). Weights are random.
 */
import {
  FLOAT,
  ints,
  list,
  model,
  type NodeRow,
  positive,
  random,
  s,
  type Weight,
  window,
} from './graph-model-maker.ts';

/** Side of the pictures; two strides of 2 leave 4. */
export const HUB_SIZE = 16;
/** Channels of the features. */
export const HUB_FEATURES = 12;

type Style = 'batch-norm' | 'folded' | 'fused';

interface Draft {
  readonly rows: NodeRow[];
  readonly weights: Weight[];
}

interface Conv {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly kernel?: number;
  readonly stride?: number;
  readonly depthwise?: boolean;
  readonly active?: boolean;
}

const fusedWith = (...ops: string[]) => ({
  fused_ops: { list: { s: ops.map((op) => btoa(op)) } },
  num_args: { i: '1' },
  epsilon: { f: 0 },
});

/** A convolution with its normalisation and ReLU6; returns the name of the result. */
function conv({ rows, weights }: Draft, x: string, style: Style, shape: Conv): string {
  const { name, from, to, kernel = 1, stride = 1, depthwise = false, active = true } = shape;
  const filter = random(`${name}/weights`, kernel, kernel, from, depthwise ? 1 : to);
  const op = depthwise ? 'DepthwiseConv2dNative' : 'Conv2D';
  const result = active ? `${name}/Relu6` : `${name}/BatchNorm/FusedBatchNorm`;
  if (style === 'fused') {
    const fusedOp = depthwise ? 'FusedDepthwiseConv2dNative' : '_FusedConv2D';
    const parts = active ? fusedWith('BiasAdd', 'Relu6') : fusedWith('BiasAdd');
    weights.push(filter, random(`${name}/Conv2D_bn_offset`, to));
    rows.push([
      result,
      fusedOp,
      [x, filter.name, `${name}/Conv2D_bn_offset`],
      { ...window(stride, 'SAME'), ...parts },
    ]);
    return result;
  }
  weights.push(filter);
  rows.push([`${name}/Conv2D`, op, [x, filter.name], window(stride, 'SAME')]);
  const normal = active ? `${name}/BatchNorm/batchnorm/add_1` : result;
  if (style === 'folded') {
    weights.push(
      positive(`${name}/BatchNorm/batchnorm/mul`, to),
      random(`${name}/BatchNorm/batchnorm/sub`, to),
    );
    rows.push(
      [`${name}/BatchNorm/batchnorm/mul_1`, 'Mul', [`${name}/Conv2D`, `${name}/BatchNorm/batchnorm/mul`]],
      [normal, 'Add', [`${name}/BatchNorm/batchnorm/mul_1`, `${name}/BatchNorm/batchnorm/sub`]],
    );
  } else {
    const statistics = [
      positive(`${name}/BatchNorm/gamma`, to),
      random(`${name}/BatchNorm/beta`, to),
      random(`${name}/BatchNorm/moving_mean`, to),
      positive(`${name}/BatchNorm/moving_variance`, to),
    ];
    weights.push(...statistics);
    const inputs = [`${name}/Conv2D`, ...statistics.map((weight) => weight.name)];
    rows.push([
      normal,
      'FusedBatchNormV3',
      inputs,
      { T: FLOAT, epsilon: { f: 1e-3 }, is_training: { b: false } },
    ]);
  }
  if (active) rows.push([result, 'Relu6', [normal]]);
  return result;
}

/** An inverted residual, with a shortcut where its shape allows. */
function inverted(draft: Draft, x: string, style: Style, name: string, add: string, stride: number): string {
  const wide = conv(draft, x, style, { name: `${name}/expand`, from: 4, to: 8 });
  const deep = { name: `${name}/depthwise`, from: 8, to: 8, kernel: 3, stride, depthwise: true };
  const moved = conv(draft, wide, style, deep);
  const narrow = conv(draft, moved, style, { name: `${name}/project`, from: 8, to: 4, active: false });
  if (stride > 1) return narrow;
  draft.rows.push([`${name}/add`, add, [narrow, x]]);
  return `${name}/add`;
}

const start = (): Draft => ({ rows: [], weights: [] });
const file = ({ rows, weights }: Draft) => {
  const { json, bytes, specs } = model([-1, HUB_SIZE, HUB_SIZE, 3], rows, weights);
  return { json, weights: bytes, specs };
};

/** Pixels 0..1 become -1..1 inside, as in the MobileNet modules. */
function scaled(draft: Draft, scope: string): string {
  const [mul, sub] = [`${scope}/hub_input/Mul`, `${scope}/hub_input/Sub`];
  draft.weights.push({ name: `${mul}/y`, shape: [], data: Float32Array.of(2) });
  draft.weights.push({ name: `${sub}/y`, shape: [], data: Float32Array.of(1) });
  draft.rows.push([mul, 'Mul', ['x', `${mul}/y`]], [sub, 'Sub', [mul, `${sub}/y`]]);
  return sub;
}

/** A classifier behind the features, which a trunk leaves away. */
function logits(draft: Draft, features: string, scope: string): void {
  draft.weights.push(random(`${scope}/weights`, 1, 1, HUB_FEATURES, 5), random(`${scope}/biases`, 5));
  draft.rows.push(
    [`${scope}/Conv2D`, 'Conv2D', [features, `${scope}/weights`], window(1, 'SAME')],
    [`${scope}/BiasAdd`, 'BiasAdd', [`${scope}/Conv2D`, `${scope}/biases`]],
    [`${scope}/Squeeze`, 'Squeeze', [`${scope}/BiasAdd`], { T: FLOAT, squeeze_dims: list(1, 2) }],
    [`${scope}/Softmax`, 'Softmax', [`${scope}/Squeeze`]],
  );
}

/** Features: `module_apply_default/MobilenetV1/Logits/global_pool`. */
export function hubMobileNetV1() {
  const draft = start();
  const scope = 'module_apply_default/MobilenetV1';
  const stem = { name: `${scope}/Conv2d_0`, from: 3, to: 4, kernel: 3, stride: 2 };
  let x = conv(draft, scaled(draft, scope), 'batch-norm', stem);
  let channels = 4;
  for (const [i, to] of [6, 8, HUB_FEATURES].entries()) {
    const name = `${scope}/Conv2d_${i + 1}`;
    const deep = { from: channels, to: channels, kernel: 3, stride: i === 1 ? 2 : 1, depthwise: true };
    x = conv(draft, x, 'batch-norm', { name: `${name}_depthwise`, ...deep });
    x = conv(draft, x, 'batch-norm', { name: `${name}_pointwise`, from: channels, to });
    channels = to;
  }
  draft.weights.push(ints(`${scope}/Logits/axes`, [1, 2]));
  const pool = `${scope}/Logits/global_pool`;
  draft.rows.push([pool, 'Mean', [x, `${scope}/Logits/axes`], { T: FLOAT, keep_dims: { b: true } }]);
  logits(draft, pool, `${scope}/Logits/Conv2d_1c_1x1`);
  return file(draft);
}

/** Features: `module_apply_default/MobilenetV2/Logits/AvgPool`. */
export function hubMobileNetV2(style: 'folded' | 'fused') {
  const draft = start();
  const scope = 'module_apply_default/MobilenetV2';
  const stem = { name: `${scope}/Conv`, from: 3, to: 4, kernel: 3, stride: 2 };
  let x = conv(draft, scaled(draft, scope), style, stem);
  for (const [i, stride] of [1, 2, 1, 1].entries()) {
    x = inverted(draft, x, style, `${scope}/expanded_conv_${i + 1}`, 'Add', stride);
  }
  x = conv(draft, x, style, { name: `${scope}/Conv_1`, from: 4, to: HUB_FEATURES });
  const pool = `${scope}/Logits/AvgPool`;
  draft.rows.push([pool, 'AvgPool', [x], { ...window(1, 'VALID'), ksize: list(1, 4, 4, 1) }]);
  logits(draft, pool, `${scope}/Logits/Conv2d_1c_1x1`);
  return file(draft);
}

/** Features: `StatefulPartitionedCall/efficientnet-lite0/model/head/AvgPool`. */
export function hubEfficientNetLite() {
  const draft = start();
  const scope = 'StatefulPartitionedCall/efficientnet-lite0/model';
  let x = conv(draft, 'x', 'batch-norm', { name: `${scope}/stem`, from: 3, to: 4, kernel: 3, stride: 2 });
  for (const [i, stride] of [1, 2, 1].entries()) {
    x = inverted(draft, x, 'batch-norm', `${scope}/blocks_${i}`, 'AddV2', stride);
  }
  x = conv(draft, x, 'batch-norm', { name: `${scope}/head`, from: 4, to: HUB_FEATURES });
  const pool = `${scope}/head/AvgPool`;
  draft.rows.push([pool, 'AvgPool', [x], { ...window(1, 'VALID'), ksize: list(1, 4, 4, 1) }]);
  draft.weights.push(random(`${scope}/head/kernel`, HUB_FEATURES, 5), random(`${scope}/head/bias`, 5));
  draft.rows.push(
    [`${scope}/head/Squeeze`, 'Squeeze', [pool], { T: FLOAT, squeeze_dims: list(1, 2) }],
    [`${scope}/head/MatMul`, 'MatMul', [`${scope}/head/Squeeze`, `${scope}/head/kernel`]],
    [
      `${scope}/head/BiasAdd`,
      'BiasAdd',
      [`${scope}/head/MatMul`, `${scope}/head/bias`],
      { T: FLOAT, data_format: s('NHWC') },
    ],
    [`${scope}/Softmax`, 'Softmax', [`${scope}/head/BiasAdd`]],
    ['Identity', 'Identity', [`${scope}/Softmax`]],
  );
  return file(draft);
}
