import { ActionIcon, FileButton, Menu } from '@mantine/core';
import {
  IconChevronDown,
  IconDeviceFloppy,
  IconFilePlus,
  IconFolderOpen,
  IconTable,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { DATA_FORMS } from '../../src/index.ts';
import { useApp } from '../store/store.ts';
import { ReplaceDialog } from './ReplaceDialog.tsx';
import { PROJECT_ENDING } from './project-file-name.ts';
import { openProjectFile, saveDataFile, saveProjectFile, startNewProject } from './project-files.ts';

/** New, open, save: beside the project's name. Also the one place of the question before a project is replaced. */
export function ProjectMenu() {
  const { t } = useTranslation('use');
  const hasSamples = useApp(({ project }) => (project?.dataset.samples.size ?? 0) > 0);
  const icon = { size: 18, stroke: 1.6, 'aria-hidden': true } as const;
  return (
    <>
      <FileButton
        accept={PROJECT_ENDING}
        onChange={(file) => {
          if (file !== null) openProjectFile(file);
        }}
      >
        {(open) => (
          <Menu position="bottom-start" withinPortal>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size={36} aria-label={t('project.menu')}>
                <IconChevronDown size={18} stroke={1.8} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconDeviceFloppy {...icon} />} onClick={() => void saveProjectFile()}>
                {t('project.save')}
              </Menu.Item>
              <Menu.Sub>
                <Menu.Sub.Target>
                  <Menu.Sub.Item leftSection={<IconTable {...icon} />} disabled={!hasSamples}>
                    {t('project.data')}
                  </Menu.Sub.Item>
                </Menu.Sub.Target>
                <Menu.Sub.Dropdown>
                  {DATA_FORMS.map((form) => (
                    <Menu.Item key={form} onClick={() => void saveDataFile(form)}>
                      {t(`project.dataForms.${form}`)}
                    </Menu.Item>
                  ))}
                </Menu.Sub.Dropdown>
              </Menu.Sub>
              <Menu.Item leftSection={<IconFolderOpen {...icon} />} onClick={open.onClick}>
                {t('project.open')}
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item leftSection={<IconFilePlus {...icon} />} onClick={() => startNewProject()}>
                {t('project.new')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </FileButton>
      <ReplaceDialog />
    </>
  );
}
