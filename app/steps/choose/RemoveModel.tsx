import { Button, Group, Stack } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelCard } from '../../../src/index.ts';
import { Dialog } from '../../components/Dialog.tsx';
import { useFormat } from '../../copy/format.ts';
import { forgetModel } from '../../store/own-model-actions.ts';
import { useApp } from '../../store/store.ts';
import classes from './ModelCardView.module.css';

/** Erases an own model, after a question that says what would be lost with it. */
export function RemoveModel({ card }: { readonly card: ModelCard }) {
  const { t } = useTranslation('ownModel');
  const { t: common } = useTranslation('common');
  const format = useFormat();
  const [asking, setAsking] = useState(false);
  const runs = useApp(
    ({ project }) => project?.runs.filter(({ modelId }) => modelId === card.id).length ?? 0,
  );
  const busy = useApp(({ training }) => training.status !== 'idle');
  const close = () => setAsking(false);
  return (
    <>
      <Button
        className={classes.remove}
        size="compact-sm"
        variant="subtle"
        color="gray"
        disabled={busy}
        leftSection={<IconTrash size={16} stroke={1.6} aria-hidden />}
        aria-label={t('yours.remove', { model: card.name })}
        onClick={() => setAsking(true)}
      >
        {t('yours.removeShort')}
      </Button>
      <Dialog opened={asking} onClose={close} centered title={<strong>{t('yours.removeTitle')}</strong>}>
        <Stack>
          <p>{t('yours.removeText', { model: card.name, size: format.bytes(card.sizeBytes) })}</p>
          {runs > 0 && <p>{t('yours.removeRuns', { count: runs })}</p>}
          <Group justify="flex-end" gap="xs">
            <Button data-autofocus variant="default" onClick={close}>
              {common('cancel')}
            </Button>
            <Button
              color="red.9"
              onClick={() => {
                close();
                void forgetModel(card);
              }}
            >
              {t('yours.removeAgree')}
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </>
  );
}
