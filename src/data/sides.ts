/** @file Names by which people call the three sides of a split, in folders, columns and file names. */
import type { SplitSide } from '../core/split.ts';

const NAMES: Readonly<Record<SplitSide, readonly string[]>> = {
  train: ['train', 'training', 'trn', 'train_set', 'trainset', '训练', '训练集'],
  validation: ['validation', 'valid', 'val', 'dev', 'eval', 'val_set', 'valset', '验证', '验证集'],
  test: ['test', 'testing', 'tst', 'test_set', 'testset', 'holdout', '测试', '测试集'],
};
const SIDE_OF = new Map(
  (Object.keys(NAMES) as SplitSide[]).flatMap((side) => NAMES[side].map((name) => [name, side] as const)),
);

/** The side that a folder or a cell names, if it names one. */
export function sideNamed(text: string): SplitSide | undefined {
  return SIDE_OF.get(
    text
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/gu, '_'),
  );
}

/** The side that a file name tells in one of its words: `instances_val2017.json`. */
export function sideInName(name: string): SplitSide | undefined {
  const words = name.toLowerCase().split(/[^\p{L}]+/u);
  return words.map((word) => SIDE_OF.get(word)).find((side) => side !== undefined);
}
