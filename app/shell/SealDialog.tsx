import { Button, Group, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { Dialog } from '../components/Dialog.tsx';
import { sealStore } from '../store/test-seal.ts';

/** Before the test set is opened more often than is free: why that makes the score too rosy, and what to do instead. */
export function SealDialog() {
  const { t } = useTranslation('evaluate');
  const asked = useStore(sealStore, (state) => state.asked);
  const keep = () => asked?.answer(false);
  return (
    <Dialog opened={asked !== null} onClose={keep} centered title={<strong>{t('seal.title')}</strong>}>
      {asked !== null && (
        <Stack>
          <p>
            {t('opened', { count: asked.opened })}
            {asked.more > 1 && ` ${t('seal.more', { count: asked.more })}`}
          </p>
          <p>{t('seal.why')}</p>
          <p>{t('seal.instead')}</p>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => asked.answer(true)}>
              {t('seal.open')}
            </Button>
            <Button data-autofocus onClick={keep}>
              {t('seal.keep')}
            </Button>
          </Group>
        </Stack>
      )}
    </Dialog>
  );
}
