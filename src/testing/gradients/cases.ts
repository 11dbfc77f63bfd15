import { ELEMENTWISE_CASES } from './elementwise-cases.ts';
import type { GradientCase } from './gradient-case.ts';
import { LAYER_CASES } from './layer-cases.ts';
import { SHAPE_CASES } from './shape-cases.ts';

/** Cases for each differentiable operation, by family. */
export const GRADIENT_CASES = {
  'functions of elements': ELEMENTWISE_CASES,
  'shapes, indices, sums': SHAPE_CASES,
  layers: LAYER_CASES,
} satisfies Record<string, readonly GradientCase[]>;
