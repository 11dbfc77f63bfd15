/** @file The two orders of axes of a value: as in the IR, and with the channels (the IR's last axis) second. */
import type { TensorData } from '../model/ir.ts';
import { permuted } from '../model/permute.ts';

/** Axes of the channels-first tensor, by their place in the IR's. */
export function toFirst(rank: number): number[] {
  return [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];
}

/** Axes of the IR's tensor, by their place in the channels-first one. */
export function toLast(rank: number): number[] {
  return [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
}

/** Weights `[...kernel, I, O]` as files have them: `[O, I, ...kernel]`. */
export function kernelLast(rank: number): number[] {
  return [rank - 1, rank - 2, ...Array.from({ length: rank - 2 }, (_, i) => i)];
}

/** Where an axis of the IR's tensor is in the channels-first one. */
export function axisInFirst(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (positive === 0) return 0;
  return positive === rank - 1 ? 1 : positive + 1;
}

export function isSameOrder(perm: readonly number[], other: readonly number[]): boolean {
  return perm.length === other.length && perm.every((axis, i) => axis === other[i]);
}

/** A constant that is broadcast against a value of `rank` axes, for the channels-first form of that value. */
export function broadcastFirst(tensor: TensorData, rank: number): TensorData {
  const { shape } = tensor;
  if (shape.every((size) => size === 1)) return tensor;
  const whole = [...new Array<number>(rank - shape.length).fill(1), ...shape];
  const turned = permuted({ ...tensor, shape: whole }, toFirst(rank));
  const lead = turned.shape.findIndex((size) => size !== 1);
  return { ...turned, shape: turned.shape.slice(lead) };
}
