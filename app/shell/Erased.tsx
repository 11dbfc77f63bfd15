import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { GraftMark } from '../components/GraftMark.tsx';
import classes from './Erased.module.css';

/** In place of the page once everything is erased. Nothing is kept again before the person begins anew. */
export function Erased() {
  const { t } = useTranslation();
  return (
    <main className={classes.page}>
      <GraftMark />
      <h1 className={classes.title}>{t('storage.erasedTitle')}</h1>
      <p>{t('storage.erased')}</p>
      <Button data-autofocus onClick={() => location.reload()}>
        {t('storage.beginAnew')}
      </Button>
    </main>
  );
}
