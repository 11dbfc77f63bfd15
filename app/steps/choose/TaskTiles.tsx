import { IconLanguage, IconMessage2, IconPhoto, IconTags, IconWaveSine } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './TaskTiles.module.css';

const TASKS = [
  { id: 'pictures', Icon: IconPhoto, open: true },
  { id: 'sounds', Icon: IconWaveSine, open: false },
  { id: 'sentences', Icon: IconMessage2, open: false },
  { id: 'words', Icon: IconTags, open: false },
  { id: 'translation', Icon: IconLanguage, open: false },
] as const;

/** What can be learned; what cannot yet is shown and says so. */
export function TaskTiles() {
  const { t } = useTranslation('choose');
  return (
    <fieldset className={classes.tiles}>
      <legend className="visually-hidden">{t('tasks.title')}</legend>
      {TASKS.map(({ id, Icon, open }) => (
        <label key={id} className={classes.tile} data-open={open}>
          <input type="radio" name="task" className={classes.radio} defaultChecked={open} disabled={!open} />
          <Icon className={classes.icon} size={24} stroke={1.6} aria-hidden />
          <span className={classes.name}>{t(`tasks.${id}.name`)}</span>
          <span className={classes.line}>{t(`tasks.${id}.line`)}</span>
          {!open && <span className={classes.soon}>{t('tasks.soon')}</span>}
        </label>
      ))}
    </fieldset>
  );
}
