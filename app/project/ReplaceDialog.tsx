import { Button, Group, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { Dialog } from '../components/Dialog.tsx';
import { agreeToReplacement, dropReplacement, replacementStore, saveProjectFile } from './project-files.ts';

/** Before a project is replaced: what would be lost, and a way to keep it. */
export function ReplaceDialog() {
  const { t } = useTranslation('use');
  const { t: common } = useTranslation('common');
  const asked = useStore(replacementStore, (state) => state.asked);
  const saveThenReplace = async () => {
    if (await saveProjectFile()) await agreeToReplacement();
  };
  return (
    <Dialog
      opened={asked !== null}
      onClose={dropReplacement}
      centered
      title={<strong>{t(asked?.kind === 'open' ? 'project.replaceOpen' : 'project.replaceNew')}</strong>}
    >
      <Stack>
        <p>{t('project.replaceText')}</p>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={dropReplacement}>
            {common('cancel')}
          </Button>
          <Button variant="default" color="red" onClick={() => void agreeToReplacement()}>
            {t('project.replaceAnyway')}
          </Button>
          <Button data-autofocus onClick={() => void saveThenReplace()}>
            {t('project.saveFirst')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
