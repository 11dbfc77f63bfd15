import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { configure } from '../store/project-actions.ts';
import { useApp } from '../store/store.ts';
import classes from './ProjectName.module.css';

const LONGEST = 80;

/** The project's name, written into in place. Enter or leaving keeps it, Escape brings the old one back. */
export function ProjectName() {
  const { t } = useTranslation();
  const name = useApp(({ project }) => project?.settings.name ?? '');
  const ready = useApp(({ project }) => project !== null);
  const [draft, setDraft] = useState<string | null>(null);
  const keep = () => {
    const next = draft?.trim();
    if (next !== undefined && next !== name) void configure({ name: next });
    setDraft(null);
  };
  const shown = draft ?? name;
  return (
    <span className={classes.frame} data-value={shown === '' ? t('header.untitled') : shown}>
      <input
        className={classes.input}
        aria-label={t('header.projectName')}
        placeholder={t('header.untitled')}
        maxLength={LONGEST}
        size={1}
        disabled={!ready}
        value={shown}
        onChange={(event) => {
          setDraft(event.currentTarget.value);
        }}
        onBlur={keep}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
          if (event.key === 'Escape') setDraft(null);
        }}
      />
    </span>
  );
}
