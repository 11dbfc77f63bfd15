import { ActionIcon, FileButton, Menu } from '@mantine/core';
import { IconChevronDown, IconDeviceFloppy, IconFilePlus, IconFolderOpen } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ReplaceDialog } from './ReplaceDialog.tsx';
import { PROJECT_ENDING } from './project-file-name.ts';
import { openProjectFile, saveProjectFile, startNewProject } from './project-files.ts';

/** New, open, save: beside the project's name. Also the one place of the question before a project is replaced. */
export function ProjectMenu() {
  const { t } = useTranslation('use');
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
