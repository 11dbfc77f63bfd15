import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useSay } from '../copy/use-say.ts';
import { bootEngine } from '../store/boot.ts';
import { useApp } from '../store/store.ts';
import classes from './EngineBanner.module.css';

/** Shown when the engine is gone: what happened, and the way back. */
export function EngineBanner() {
  const { t } = useTranslation();
  const { sayError } = useSay();
  const { status, error } = useApp(({ engine }) => engine);
  if (status !== 'dead' && status !== 'failed') return null;
  return (
    <div className={classes.banner} role="alert">
      <IconAlertTriangle size={22} stroke={1.8} aria-hidden />
      <p>{status === 'failed' && error !== null ? sayError(error) : t(`engine.${status}`)}</p>
      <Button onClick={() => void bootEngine()}>{t('startAgain')}</Button>
    </div>
  );
}
