import { IconFileUpload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './OwnModelCard.module.css';
import { openBring } from './bring/bring-flow.ts';

/** Opens the dialog in which a person brings a model; files that hang over the page light it up. */
export function OwnModelCard({ over }: { readonly over: boolean }) {
  const { t } = useTranslation('ownModel');
  return (
    <button type="button" className={classes.card} data-over={over || undefined} onClick={openBring}>
      <IconFileUpload size={24} stroke={1.5} aria-hidden />
      <span className={classes.name}>{t('card.name')}</span>
      <span className={classes.line}>{over ? t('card.over') : t('card.line')}</span>
    </button>
  );
}
