import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { BlockInfo } from '../../../src/index.ts';
import { shortName, withoutCommonPath } from '../short-name.ts';

/** Letters of a name that fit between the trunk and the numbers. */
const NAME_LETTERS = 20;

/** What the blocks are called, short for the drawing and in full. */
export function useBlockNames(blocks: readonly BlockInfo[], ownNames: boolean) {
  const { t } = useTranslation('fineTune');
  return useMemo(() => {
    if (ownNames) {
      const names = withoutCommonPath(blocks.map(({ name }) => name));
      return names.map((name, index) => ({
        short: shortName(name, NAME_LETTERS),
        full: blocks[index]?.name ?? name,
      }));
    }
    return blocks.map((block, at) => {
      const name = blockName(block, at === blocks.length - 1, t);
      return { short: name, full: name };
    });
  }, [blocks, ownNames, t]);
}

type Translate = ReturnType<typeof useTranslation<'fineTune'>>['t'];

function blockName({ kind, index }: BlockInfo, isLast: boolean, t: Translate): string {
  if (kind === 'stem') return t('tree.stem');
  return kind === 'conv' && isLast ? t('tree.conv') : t('tree.block', { number: index });
}
