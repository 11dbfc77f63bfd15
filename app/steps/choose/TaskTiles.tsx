import { IconLanguage, IconMessage2, IconPhoto, IconTags, IconWaveSine } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TaskId } from '../../../src/index.ts';
import { startNewProject } from '../../project/project-files.ts';
import { useApp } from '../../store/store.ts';
import classes from './TaskTiles.module.css';

const TILES: readonly {
  readonly id: 'pictures' | 'sounds' | 'sentences' | 'words' | 'translation';
  readonly Icon: typeof IconPhoto;
  /** `null`: not yet. */
  readonly task: TaskId | null;
}[] = [
  { id: 'pictures', Icon: IconPhoto, task: 'image-classification' },
  { id: 'sounds', Icon: IconWaveSine, task: 'sound-classification' },
  { id: 'sentences', Icon: IconMessage2, task: 'text-classification' },
  { id: 'words', Icon: IconTags, task: null },
  { id: 'translation', Icon: IconLanguage, task: null },
];

/** What can be learned; what cannot yet is shown and says so. Another task is another project. */
export function TaskTiles() {
  const { t } = useTranslation('choose');
  const present = useApp(({ project }) => project?.settings.task);
  const opening = useApp(({ tasks }) => tasks.open !== undefined);
  return (
    <fieldset className={classes.tiles}>
      <legend className="visually-hidden">{t('tasks.title')}</legend>
      {TILES.map(({ id, Icon, task }) => (
        <label key={id} className={classes.tile} data-open={task !== null} data-chosen={task === present}>
          <input
            type="radio"
            name="task"
            className={classes.radio}
            checked={task !== null && task === present}
            disabled={task === null || present === undefined || opening}
            onChange={() => {
              if (task !== null) startNewProject(task);
            }}
          />
          <Icon className={classes.icon} size={24} stroke={1.6} aria-hidden />
          <span className={classes.name}>{t(`tasks.${id}.name`)}</span>
          <span className={classes.line}>{t(`tasks.${id}.line`)}</span>
          {task === null && <span className={classes.soon}>{t('tasks.soon')}</span>}
        </label>
      ))}
    </fieldset>
  );
}
