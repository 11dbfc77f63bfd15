import { IconFileUpload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './OwnModelCard.module.css';

/** A model of the person's own: shown because people look for it, and honest that it is not there yet. */
export function OwnModelCard() {
  const { t } = useTranslation('choose');
  return (
    <div className={classes.card}>
      <IconFileUpload size={24} stroke={1.5} aria-hidden />
      <span className={classes.name}>{t('own.name')}</span>
      <span className={classes.line}>{t('own.line')}</span>
      <span className={classes.soon}>{t('tasks.soon')}</span>
    </div>
  );
}
