import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../copy/format.ts';
import { useApp } from '../../store/store.ts';
import { continueRun } from '../../store/train-actions.ts';

/** Offers to go on with a run that was cut off: by a reload, a crash, a device that went away. */
export function UnfinishedOffer() {
  const { t } = useTranslation('fineTune');
  const format = useFormat();
  const unfinished = useApp((state) => state.unfinished);
  if (unfinished === null) return null;
  const { runId, epoch, epochs, savedAtMs, stale } = unfinished;
  if (stale) return <p>{t('unfinished.stale')}</p>;
  return (
    <>
      <p>{t('unfinished.where', { epoch, epochs, time: format.time(savedAtMs) })}</p>
      <Button
        mt={8}
        leftSection={<IconPlayerPlay size={18} aria-hidden />}
        onClick={() => void continueRun(runId)}
      >
        {t('unfinished.goOn')}
      </Button>
    </>
  );
}
