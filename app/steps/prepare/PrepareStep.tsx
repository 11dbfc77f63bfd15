import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProjectSnapshot } from '../../../src/index.ts';
import { usePageDrop } from '../../capture/use-page-drop.ts';
import { usePaste } from '../../capture/use-paste.ts';
import { StepFrame } from '../../components/StepFrame.tsx';
import { useSampleKind } from '../../store/sample-kind.ts';
import { useApp } from '../../store/store.ts';
import { NextStep } from '../NextStep.tsx';
import { AddPictures } from './AddPictures.tsx';
import { AddSamples } from './AddSamples.tsx';
import { ClassBoard } from './ClassBoard.tsx';
import { CrossValidation } from './CrossValidation.tsx';
import { Doctor } from './Doctor.tsx';
import { DropOverlay } from './DropOverlay.tsx';
import { EmptyChoices } from './EmptyChoices.tsx';
import { FindingCards } from './FindingCards.tsx';
import { ImportDialog } from './ImportDialog.tsx';
import { ImportProgress } from './ImportProgress.tsx';
import { LeftOutPanel } from './LeftOutPanel.tsx';
import { OpenPicture } from './OpenPicture.tsx';
import { SelectionBar } from './SelectionBar.tsx';
import { SplitBar } from './SplitBar.tsx';
import { UndoButtons } from './UndoButtons.tsx';
import { takeDropped, takePicked, useImportFlow } from './import-flow.ts';

/** Gather, clean and split the pictures. */
export function PrepareStep() {
  const { t } = useTranslation('prepare');
  const project = useApp((state) => state.project);
  const kind = useSampleKind();
  const current = useImportFlow((flow) => flow.current);
  const over = usePageDrop(useCallback((dropped) => void takeDropped(dropped), []));
  usePaste(useCallback((files) => void takePicked(files), []));
  if (project === null) return null;
  const empty = project.dataset.classes.length === 0;
  return (
    <StepFrame
      title={t('title')}
      lead={t('lead')}
      actions={
        <>
          {!empty && <AddPictures />}
          {!empty && kind === 'picture' && <AddSamples samples={project.dataset.samples} />}
          {(!empty || project.undo.undo !== null || project.undo.redo !== null) && <UndoButtons />}
        </>
      }
      footer={<NextStep to="fine-tune" />}
      showing={empty}
    >
      <ImportProgress />
      <LeftOutPanel />
      {empty ? <EmptyChoices /> : <Workbench project={project} />}
      {over && <DropOverlay />}
      {current.stage === 'asking' && (
        <ImportDialog files={current.files} unreadable={current.unreadable} preview={current.preview} />
      )}
    </StepFrame>
  );
}

function Workbench({ project }: { readonly project: ProjectSnapshot }) {
  return (
    <>
      {project.dataset.samples.size > 0 && <SplitBar project={project} />}
      <ClassBoard project={project} />
      <FindingCards project={project} />
      {project.dataset.samples.size > 0 && <Doctor project={project} />}
      {project.dataset.samples.size > 0 && <CrossValidation project={project} />}
      <SelectionBar dataset={project.dataset} />
      <OpenPicture project={project} />
    </>
  );
}
