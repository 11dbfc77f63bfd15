/** @file Names that people give to columns. */

export const LABEL_WORDS = [
  'label',
  'class',
  'category',
  'target',
  'labels',
  'class_name',
  'label_name',
  'tag',
  'species',
  '标签',
  '类别',
  '分类',
];
export const SIDE_WORDS = ['split', 'set', 'subset', 'side', 'partition', 'fold', '划分', '集合'];
export const GROUP_WORDS = [
  'group',
  'patient',
  'subject',
  'speaker',
  'person',
  'session',
  'source',
  'burst',
  'video',
  'document',
  '分组',
  '组',
  '病人',
  '患者',
];

/** Whether a name is one of some words, however it is written. */
export function isNamed(name: string, words: readonly string[]): boolean {
  const plain = name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/gu, '_');
  return words.includes(plain);
}
