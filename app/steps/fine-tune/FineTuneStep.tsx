import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelInfo, ProjectSnapshot, TrainSettings } from '../../../src/index.ts';
import { StepFrame } from '../../components/StepFrame.tsx';
import { useHeldFocus } from '../../components/use-held-focus.ts';
import { configure } from '../../store/project-actions.ts';
import { useApp } from '../../store/store.ts';
import { NextStep } from '../NextStep.tsx';
import { DataSummary } from './DataSummary.tsx';
import classes from './FineTuneStep.module.css';
import { GraftTree } from './GraftTree.tsx';
import { Presets } from './Presets.tsx';
import { RunCharts } from './RunCharts.tsx';
import { RunResult } from './RunResult.tsx';
import { RunningPanel } from './RunningPanel.tsx';
import { SettingsDrawer } from './SettingsDrawer.tsx';
import { TeachPanel } from './TeachPanel.tsx';
import { TuningChoice } from './TuningChoice.tsx';
import { openBlocks, planFor, withPlan } from './graft.ts';

/** How deep, teach, watch. */
export function FineTuneStep() {
  const { t } = useTranslation('fineTune');
  const project = useApp((state) => state.project);
  const model = useApp((state) => state.model);
  const hasRun = project !== null && project.runs.length > 0;
  return (
    <StepFrame title={t('title')} lead={t('lead')} {...(hasRun && { footer: <NextStep to="evaluate" /> })}>
      {project !== null && model !== null && <Bench project={project} model={model} />}
    </StepFrame>
  );
}

interface BenchProps {
  readonly project: ProjectSnapshot;
  readonly model: ModelInfo;
}

function Bench({ project, model }: BenchProps) {
  const { t } = useTranslation('fineTune');
  const training = useApp((state) => state.training);
  const [advanced, setAdvanced] = useState(false);
  const busy = training.status !== 'idle';
  const side = useHeldFocus<HTMLDivElement>(busy);
  const { blocks, card } = model;
  const settings = (busy ? training.settings : null) ?? project.settings.train;
  const classCount = project.dataset.classes.length;
  const locked = busy || card.headOnly;
  const change = (next: TrainSettings) => void configure({ train: next });
  return (
    <div className={classes.room}>
      <div className={classes.bench}>
        <figure className={classes.tree}>
          <div className={classes.trunk}>
            <GraftTree
              blocks={blocks}
              ownNames={card.availability === 'own'}
              open={card.headOnly ? 0 : openBlocks(settings.open, blocks.length)}
              headParameters={(card.featureSize + 1) * classCount}
              classCount={classCount}
              locked={locked}
              onChange={(open) => {
                change(withPlan(settings, planFor(open, blocks.length)));
              }}
            />
          </div>
          <figcaption className={classes.hint}>
            {card.headOnly ? t('tree.headOnly') : t('tree.hint')}
          </figcaption>
        </figure>
        <div className={classes.side} ref={side} tabIndex={-1}>
          {busy ? (
            <>
              <RunningPanel />
              <RunCharts project={project} />
            </>
          ) : (
            <>
              <RunResult project={project} />
              <Presets settings={settings} headOnly={card.headOnly} onChange={change} />
              {settings.open.kind !== 'head' && !card.headOnly && (
                <TuningChoice settings={settings} onChange={change} />
              )}
              <TeachPanel
                project={project}
                settings={settings}
                onAdvanced={() => {
                  setAdvanced(true);
                }}
              />
              <DataSummary project={project} />
            </>
          )}
        </div>
        {!busy && project.runs.length > 0 && (
          <div className={classes.wide}>
            <RunCharts project={project} />
          </div>
        )}
      </div>
      <SettingsDrawer
        opened={advanced}
        settings={settings}
        onChange={change}
        onClose={() => {
          setAdvanced(false);
        }}
      />
    </div>
  );
}
