import { Button, Group, Stack } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../components/Dialog.tsx';
import { useFormat } from '../copy/format.ts';
import { askToPersist, readSiteStorage, type SiteStorage } from '../engine/site-storage.ts';
import { saveProjectFile } from '../project/project-files.ts';
import { eraseEverything } from '../store/storage-actions.ts';
import classes from './Storage.module.css';

/** How much is kept in this browser, whether the browser may clear it, and the one button that erases all of it. */
export function Storage() {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const [storage, refresh] = useSiteStorage();
  return (
    <>
      <Amount storage={storage} />
      {storage?.persisted === true && <p>{t('storage.persisted')}</p>}
      {storage?.persisted === false && <p>{t('storage.notPersisted')}</p>}
      <Group gap="xs" className={classes.buttons}>
        {storage?.persisted === false && (
          <Button variant="default" onClick={() => void askToPersist().then(refresh)}>
            {t('storage.persist')}
          </Button>
        )}
        <Button variant="default" color="red" onClick={() => setAsking(true)}>
          {t('storage.erase')}
        </Button>
      </Group>
      <EraseDialog opened={asking} onClose={() => setAsking(false)} />
    </>
  );
}

function Amount({ storage }: { readonly storage: SiteStorage | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const used = storage?.usedBytes ?? null;
  const quota = storage?.quotaBytes ?? null;
  if (used === null || quota === null || quota === 0) return <p>{t('storage.unknown')}</p>;
  return (
    <>
      <p>{t('storage.amount', { used: format.bytes(used), quota: format.bytes(quota) })}</p>
      <meter
        className={classes.meter}
        aria-label={t('storage.meter')}
        min={0}
        max={quota}
        high={0.9 * quota}
        value={used}
      />
    </>
  );
}

interface EraseDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

function EraseDialog({ opened, onClose }: EraseDialogProps) {
  const { t } = useTranslation();
  const [erasing, setErasing] = useState(false);
  const erase = () => {
    setErasing(true);
    void eraseEverything();
  };
  return (
    <Dialog opened={opened} onClose={onClose} title={<strong>{t('storage.eraseTitle')}</strong>} centered>
      <Stack>
        <p>{t('storage.eraseText')}</p>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => void saveProjectFile()}>
            {t('storage.saveFirst')}
          </Button>
          <Button variant="default" data-autofocus onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button color="red.9" loading={erasing} onClick={erase}>
            {t('storage.eraseAgree')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

function useSiteStorage(): [SiteStorage | null, () => void] {
  const [storage, setStorage] = useState<SiteStorage | null>(null);
  const refresh = () => void readSiteStorage().then(setStorage);
  useEffect(refresh, []);
  return [storage, refresh];
}
