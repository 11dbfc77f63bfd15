import { useTranslation } from 'react-i18next';
import { ProgressRow } from '../../components/ProgressRow.tsx';
import { useApp } from '../../store/store.ts';
import { cancelTask } from '../../store/tasks.ts';
import styles from './ImportProgress.module.css';
import { cancelImport, useImportFlow } from './import-flow.ts';

/** What is going on with the data right now: reading a drop, looking at files, adding pictures, drawing samples. */
export function ImportProgress() {
  const { t } = useTranslation('prepare');
  const current = useImportFlow((flow) => flow.current);
  const tasks = useApp((state) => state.tasks);
  const task = tasks.import ?? tasks['sample-set'] ?? tasks.preview ?? tasks.load;
  const row = () => {
    if (current.stage === 'walking') {
      return (
        <ProgressRow
          label={t('import.walking', { count: current.found })}
          unit="files"
          done={current.found}
          total={null}
          onCancel={cancelImport}
        />
      );
    }
    if (current.stage === 'waiting') {
      return (
        <ProgressRow label={t('import.waiting')} unit="files" done={0} total={null} onCancel={cancelImport} />
      );
    }
    if (task === undefined) return null;
    const label = {
      import: t('import.progress'),
      'sample-set': t('sampleProgress'),
      preview: t('import.previewing'),
      load: t('import.projectOpening'),
    }[task.kind as 'import' | 'sample-set' | 'preview' | 'load'];
    return (
      <ProgressRow
        label={label}
        unit={task.unit}
        done={task.done}
        total={task.total}
        rate={task.rate}
        remainingMs={task.remainingMs}
        onCancel={() => {
          if (task.kind === 'import' || task.kind === 'preview') cancelImport();
          else cancelTask(task.kind);
        }}
      />
    );
  };
  const shown = row();
  return <div className={styles.place}>{shown !== null && <div className={styles.card}>{shown}</div>}</div>;
}
