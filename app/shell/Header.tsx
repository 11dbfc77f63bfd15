import { ActionIcon, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconHelp, IconMoon, IconSun } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { GraftMark } from '../components/GraftMark.tsx';
import { useFormat } from '../copy/format.ts';
import { ProjectMenu } from '../project/ProjectMenu.tsx';
import { useApp } from '../store/store.ts';
import { DeviceChip } from './DeviceChip.tsx';
import classes from './Header.module.css';
import { HelpDialog } from './HelpDialog.tsx';
import { LanguageSwitch } from './LanguageSwitch.tsx';
import { ProjectName } from './ProjectName.tsx';

export function Header() {
  const { t } = useTranslation();
  const [help, setHelp] = useState(false);
  return (
    <header className={classes.header}>
      <div className={classes.brand}>
        <GraftMark />
        <span className={classes.wordmark}>{t('app')}</span>
      </div>
      <div className={classes.project}>
        <ProjectName />
        <ProjectMenu />
      </div>
      <SavedTime />
      <div className={classes.tools}>
        <DeviceChip />
        <LanguageSwitch />
        <SchemeSwitch />
        <Tooltip label={t('header.help')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={t('header.help')}
            onClick={() => {
              setHelp(true);
            }}
          >
            <IconHelp size={20} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </div>
      <HelpDialog
        opened={help}
        onClose={() => {
          setHelp(false);
        }}
      />
    </header>
  );
}

function SavedTime() {
  const { t } = useTranslation();
  const format = useFormat();
  const storage = useApp(({ project }) => project?.storage);
  const savedAtMs = useApp(({ project }) => project?.savedAtMs ?? null);
  if (storage === undefined) return null;
  if (storage === 'memory') return <span className={classes.unkept}>{t('header.memoryOnly')}</span>;
  return (
    <span className={classes.saved}>
      {savedAtMs === null ? t('header.notSaved') : t('header.saved', { time: format.time(savedAtMs) })}
    </span>
  );
}

function SchemeSwitch() {
  const { t } = useTranslation();
  const scheme = useComputedColorScheme('light');
  // Mantine stops transitions by a `<style>`, which the page's policy does not let in.
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const label = scheme === 'dark' ? t('header.toLight') : t('header.toDark');
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={36}
        aria-label={label}
        onClick={() => {
          setColorScheme(scheme === 'dark' ? 'light' : 'dark');
        }}
      >
        {scheme === 'dark' ? <IconSun size={20} stroke={1.6} /> : <IconMoon size={20} stroke={1.6} />}
      </ActionIcon>
    </Tooltip>
  );
}
