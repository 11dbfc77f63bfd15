import { useTranslation } from 'react-i18next';
import { ClassMark } from '../components/ClassMark.tsx';
import { samplesByClass } from '../store/project.ts';
import { useApp } from '../store/store.ts';
import classes from './WaitingClasses.module.css';

/** Pictures per class from which the closed-form head answers. */
const NEEDED = 3;
const MOST_ROWS = 5;

/** What is missing before anything can be answered, class by class. */
export function WaitingClasses() {
  const { t } = useTranslation('live');
  const dataset = useApp(({ project }) => project?.dataset);
  const counts = dataset === undefined ? new Map<string, readonly string[]>() : samplesByClass(dataset);
  return (
    <div className={classes.waiting}>
      <h3 className={classes.title}>{t('waitingTitle')}</h3>
      <p className={classes.text}>{t('waiting')}</p>
      <ul className={classes.rows}>
        {dataset?.classes.slice(0, MOST_ROWS).map(({ id, name }, index) => {
          const count = Math.min(NEEDED, counts.get(id)?.length ?? 0);
          return (
            <li key={id} className={classes.row}>
              <ClassMark index={index} size="small" />
              <span className={classes.name}>{name}</span>
              <span className={classes.count}>{count < NEEDED ? t('ofThree', { count }) : t('enough')}</span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
