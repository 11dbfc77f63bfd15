import { CloseButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconActivity } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { setSession, useApp } from '../store/store.ts';
import classes from './LiveAside.module.css';

const LivePanel = lazy(async () => ({ default: (await import('../live/LivePanel.tsx')).LivePanel }));

/** Where the live panel is: a column on wide screens, else behind a tab; on a phone a sheet pulled up. */
export function LiveAside() {
  const { t } = useTranslation();
  const wide = useMediaQuery('(width >= 1100px)', true, { getInitialValueInEffect: false });
  const open = useApp(({ session }) => session.liveOpen);
  const visible = wide || open;
  return (
    <>
      {!wide && (
        <button
          type="button"
          className={classes.tab}
          aria-label={t('header.openLive')}
          aria-expanded={open}
          aria-controls="live"
          onClick={() => {
            setSession({ liveOpen: !open });
          }}
        >
          <IconActivity size={18} stroke={1.8} aria-hidden />
          {t('header.live')}
        </button>
      )}
      <aside
        id="live"
        className={classes.aside}
        data-open={visible}
        inert={!visible}
        aria-label={t('header.live')}
      >
        {!wide && (
          <CloseButton
            className={classes.close}
            aria-label={t('header.closeLive')}
            onClick={() => {
              setSession({ liveOpen: false });
            }}
          />
        )}
        <Suspense fallback={null}>
          <LivePanel visible={visible} pulledUp={!wide} />
        </Suspense>
      </aside>
    </>
  );
}
