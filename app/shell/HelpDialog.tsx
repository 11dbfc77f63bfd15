import { Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './HelpDialog.module.css';
import { Requests } from './Requests.tsx';
import { Storage } from './Storage.tsx';

interface HelpDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function HelpDialog({ opened, onClose }: HelpDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('help.title')}
      closeButtonProps={{ 'aria-label': t('close') }}
      centered
      size="md"
    >
      <div className={classes.text}>
        <p>{t('help.idea')}</p>
        <section>
          <h3>{t('help.privacyTitle')}</h3>
          <p>{t('help.privacy')}</p>
          <Requests />
        </section>
        <section>
          <h3>{t('storage.title')}</h3>
          <Storage />
        </section>
        <section>
          <h3>{t('help.offlineTitle')}</h3>
          <p>{t('help.offline')}</p>
        </section>
        <section>
          <h3>{t('help.keysTitle')}</h3>
          <p>{t('help.keys')}</p>
        </section>
        <p className={classes.source}>{t('help.source')}</p>
      </div>
    </Modal>
  );
}
