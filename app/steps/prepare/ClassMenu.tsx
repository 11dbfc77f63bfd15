import { ActionIcon, Menu } from '@mantine/core';
import {
  IconArrowsMaximize,
  IconArrowsMinimize,
  IconArrowMerge,
  IconDots,
  IconSelectAll,
  IconTrash,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ClassRecord, SampleId } from '../../../src/index.ts';
import { useApp } from '../../store/store.ts';
import { chooseAll } from '../pictures/selection.ts';
import menuStyles from './ClassMenu.module.css';
import { deleteClass, mergeClasses } from './prepare-actions.ts';
import { setPrepare, setSelection } from './prepare-state.ts';

interface ClassMenuProps {
  readonly record: ClassRecord;
  readonly ids: readonly SampleId[];
  readonly large: boolean;
}

/** What is done to a class less often. */
export function ClassMenu({ record, ids, large }: ClassMenuProps) {
  const { t } = useTranslation('prepare');
  const classes = useApp(({ project }) => project?.dataset.classes);
  const others = (classes ?? []).filter(({ id }) => id !== record.id);
  const icon = { size: 18, stroke: 1.6, 'aria-hidden': true } as const;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={36}
          aria-label={t('class.menu', { name: record.name })}
        >
          <IconDots size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={large ? <IconArrowsMinimize {...icon} /> : <IconArrowsMaximize {...icon} />}
          onClick={() => setPrepare({ largeClassId: large ? null : record.id })}
        >
          {t(large ? 'class.shrink' : 'class.expand')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconSelectAll {...icon} />}
          disabled={ids.length === 0}
          onClick={() => setSelection((selection) => chooseAll(selection, ids))}
        >
          {t('class.selectAll')}
        </Menu.Item>
        {others.length > 0 && (
          <Menu.Sub>
            <Menu.Sub.Target>
              <Menu.Sub.Item leftSection={<IconArrowMerge {...icon} />}>{t('class.mergeInto')}</Menu.Sub.Item>
            </Menu.Sub.Target>
            <Menu.Sub.Dropdown className={menuStyles.long}>
              {others.map((other) => (
                <Menu.Item key={other.id} onClick={() => void mergeClasses(record, other)}>
                  <span className={menuStyles.name}>{other.name}</span>
                </Menu.Item>
              ))}
            </Menu.Sub.Dropdown>
          </Menu.Sub>
        )}
        <Menu.Divider />
        <Menu.Item color="red" leftSection={<IconTrash {...icon} />} onClick={() => void deleteClass(record)}>
          {t('class.delete')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
