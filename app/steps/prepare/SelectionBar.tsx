import { Button, Menu } from '@mantine/core';
import { IconArrowRight, IconEye, IconTrash } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { DatasetState } from '../../../src/index.ts';
import { ClassMark } from '../../components/ClassMark.tsx';
import { NOTHING_SELECTED, prune } from '../pictures/selection.ts';
import menuStyles from './ClassMenu.module.css';
import styles from './SelectionBar.module.css';
import { deletePictures, movePictures } from './prepare-actions.ts';
import { setPrepare, setSelection, usePrepare } from './prepare-state.ts';

/** What can be done to the selected pictures; floats over the end of the step while there are any. */
export function SelectionBar({ dataset }: { readonly dataset: DatasetState }) {
  const { t } = useTranslation('prepare');
  const selected = usePrepare(({ selection }) => selection.ids);
  useEffect(() => {
    setSelection((selection) => prune(selection, (id) => dataset.samples.has(id)));
  }, [dataset]);
  const ids = [...selected];
  const only = ids.length === 1 ? ids[0] : undefined;
  return (
    <div className={styles.place}>
      <p className="visually-hidden" role="status">
        {ids.length > 0 && t('selection.count', { count: ids.length })}
      </p>
      {ids.length > 0 && (
        <div className={styles.bar} role="toolbar" aria-label={t('selection.label')}>
          <span className={styles.count}>{t('selection.count', { count: ids.length })}</span>
          {only !== undefined && (
            <Button
              variant="default"
              size="sm"
              leftSection={<IconEye size={18} stroke={1.6} aria-hidden />}
              onClick={() => setPrepare({ openPictureId: only })}
            >
              {t('selection.view')}
            </Button>
          )}
          <Menu position="top" withinPortal>
            <Menu.Target>
              <Button
                variant="default"
                size="sm"
                leftSection={<IconArrowRight size={18} stroke={1.6} aria-hidden />}
              >
                {t('selection.move')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown className={menuStyles.long}>
              {dataset.classes.map((record, index) => (
                <Menu.Item
                  key={record.id}
                  leftSection={<ClassMark index={index} size="small" />}
                  onClick={() => void movePictures(ids, record)}
                >
                  <span className={menuStyles.name}>{record.name}</span>
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
          <Button
            variant="default"
            size="sm"
            leftSection={<IconTrash size={18} stroke={1.6} aria-hidden />}
            onClick={() => void deletePictures(ids)}
          >
            {t('selection.delete')}
          </Button>
          <Button variant="subtle" size="sm" onClick={() => setPrepare({ selection: NOTHING_SELECTED })}>
            {t('selection.clear')}
          </Button>
        </div>
      )}
    </div>
  );
}
