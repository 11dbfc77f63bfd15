import { Portal } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from './DropOverlay.module.css';

/** Over the whole page while files hang over it. */
export function DropOverlay() {
  const { t } = useTranslation('prepare');
  return (
    <Portal>
      <div className={styles.overlay} aria-hidden>
        <div className={styles.sheet}>
          <div className={styles.words}>
            <IconDownload size={32} stroke={1.4} />
            <strong>{t('drop.over')}</strong>
            <span>{t('drop.overHint')}</span>
          </div>
        </div>
      </div>
    </Portal>
  );
}
