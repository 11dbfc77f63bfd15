import { Button } from '@mantine/core';
import { IconSparkles } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { DatasetState } from '../../../src/index.ts';
import { useTakeSamples } from './use-take-samples.ts';

/** The sample set for those who began otherwise; gone while any of it is there. */
export function AddSamples({ samples }: Pick<DatasetState, 'samples'>) {
  const { t } = useTranslation('prepare');
  const { takeSamples, taking } = useTakeSamples();
  const there = useMemo(() => [...samples.values()].some(({ source }) => source === 'sample-set'), [samples]);
  if (there) return null;
  return (
    <Button
      variant="default"
      leftSection={<IconSparkles size={18} stroke={1.6} aria-hidden />}
      loading={taking}
      onClick={() => takeSamples('emoji')}
    >
      {t('addSamples')}
    </Button>
  );
}
