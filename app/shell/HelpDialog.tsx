import { useTranslation } from 'react-i18next';
import { Dialog } from '../components/Dialog.tsx';
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
    <Dialog opened={opened} onClose={onClose} title={t('help.title')} centered size="md">
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
    </Dialog>
  );
}
