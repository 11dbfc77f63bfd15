import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePageDrop } from '../../capture/use-page-drop.ts';
import { walkDrop, type DroppedItems } from '../../capture/walk-drop.ts';
import { StepFrame } from '../../components/StepFrame.tsx';
import { PROJECT_ENDING } from '../../project/project-file-name.ts';
import { openProjectFile } from '../../project/project-files.ts';
import { Batch } from './Batch.tsx';
import { KeepCards } from './KeepCards.tsx';
import { TryIt } from './TryIt.tsx';
import { useBatch } from './use-batch.ts';

/** Try the model large, run it over many pictures, take it along. */
export function UseStep() {
  const { t } = useTranslation('use');
  const batch = useBatch();
  const [file, setFile] = useState<File | null>(null);
  const { start } = batch;
  const take = useCallback(
    async (dropped: DroppedItems) => {
      const { files } = await walkDrop(dropped, new AbortController().signal);
      const first = files[0];
      if (files.length === 1 && first !== undefined) {
        if (first.file.name.endsWith(PROJECT_ENDING)) openProjectFile(first.file);
        else setFile(first.file);
      }
      if (files.length > 1) start(files);
    },
    [start],
  );
  usePageDrop(useCallback((dropped: DroppedItems) => void take(dropped), [take]));
  return (
    <StepFrame title={t('title')} lead={t('lead')}>
      <TryIt file={file} onFile={setFile} />
      <Batch batch={batch} />
      <KeepCards />
    </StepFrame>
  );
}
