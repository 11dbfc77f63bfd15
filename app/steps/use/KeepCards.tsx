import { Button, FileButton } from '@mantine/core';
import { IconDeviceFloppy, IconFolderOpen } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { isOwnModel } from '../../../src/index.ts';
import { ProgressRow } from '../../components/ProgressRow.tsx';
import { useFormat } from '../../copy/format.ts';
import { PROJECT_ENDING } from '../../project/project-file-name.ts';
import { openProjectFile, saveProjectFile } from '../../project/project-files.ts';
import type { AppState } from '../../store/state.ts';
import { useApp } from '../../store/store.ts';
import { cancelTask } from '../../store/tasks.ts';
import { ExportCard } from './ExportCard.tsx';
import styles from './UseStep.module.css';

/** What can be taken along: the project as one file, the model for other programs; and the way back in. */
export function KeepCards() {
  const { t } = useTranslation('use');
  const { t: own } = useTranslation('ownModel');
  const format = useFormat();
  const ownBytes = useApp(bytesOfOwnModels);
  const saving = useApp(({ tasks }) => tasks.save);
  return (
    <section className={styles.section} aria-labelledby="keep-title">
      <h2 id="keep-title" className={styles.title}>
        {t('keep.title')}
      </h2>
      <ul className={styles.cards}>
        <ExportCard />
        <li className={styles.card}>
          <h3 className={styles.cardTitle}>{t('keep.projectTitle')}</h3>
          <p className={styles.cardText}>
            {t('keep.projectText')}
            {ownBytes > 0 && ` ${own('yours.inProject', { size: format.bytes(ownBytes) })}`}
          </p>
          {saving === undefined ? (
            <Button
              className={styles.cardAction}
              leftSection={<IconDeviceFloppy size={18} stroke={1.6} aria-hidden />}
              onClick={() => void saveProjectFile()}
            >
              {t('project.save')}
            </Button>
          ) : (
            <ProgressRow
              label={t('keep.saving')}
              unit={saving.unit}
              done={saving.done}
              total={saving.total}
              rate={saving.rate}
              remainingMs={saving.remainingMs}
              onCancel={() => cancelTask('save')}
            />
          )}
        </li>
        <li className={styles.card}>
          <h3 className={styles.cardTitle}>{t('keep.openTitle')}</h3>
          <p className={styles.cardText}>{t('keep.openText')}</p>
          <FileButton
            accept={PROJECT_ENDING}
            onChange={(file) => {
              if (file !== null) openProjectFile(file);
            }}
          >
            {(open) => (
              <Button
                className={styles.cardAction}
                variant="default"
                leftSection={<IconFolderOpen size={18} stroke={1.6} aria-hidden />}
                onClick={open.onClick}
              >
                {t('project.open')}
              </Button>
            )}
          </FileButton>
        </li>
      </ul>
    </section>
  );
}

/** What the person's own models add to a project file. */
function bytesOfOwnModels({ project, models }: AppState): number {
  if (project === null) return 0;
  const used = new Set([project.settings.modelId, ...project.runs.map(({ modelId }) => modelId)]);
  return models
    .filter(({ id }) => used.has(id) && isOwnModel(id))
    .reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
