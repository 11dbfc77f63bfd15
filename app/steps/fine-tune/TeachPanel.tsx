import { Button } from '@mantine/core';
import { IconAdjustmentsHorizontal, IconPlant2 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ProjectSnapshot, TrainEstimate, TrainSettings } from '../../../src/index.ts';
import { useFormat } from '../../copy/format.ts';
import { makeSplit } from '../../store/data-actions.ts';
import { startTrainingRun } from '../../store/train-actions.ts';
import classes from './TeachPanel.module.css';
import { useEstimate } from './use-estimate.ts';

interface TeachPanelProps {
  readonly project: ProjectSnapshot;
  readonly settings: TrainSettings;
  readonly onAdvanced: () => void;
}

/** The consequence in words, and the one button. */
export function TeachPanel({ project, settings, onAdvanced }: TeachPanelProps) {
  const { t } = useTranslation('fineTune');
  const estimate = useEstimate(settings);
  const teach = async () => {
    if (project.split === null && !(await makeSplit(project.settings.split)).ok) return;
    await startTrainingRun(settings);
  };
  return (
    <section className={classes.panel}>
      <Consequence estimate={estimate} />
      <div className={classes.buttons}>
        <Button
          size="lg"
          leftSection={<IconPlant2 size={22} stroke={1.8} aria-hidden />}
          onClick={() => void teach()}
        >
          {project.runs.length === 0 ? t('teach') : t('teachAgain')}
        </Button>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconAdjustmentsHorizontal size={18} stroke={1.8} aria-hidden />}
          onClick={onAdvanced}
        >
          {t('advanced')}
        </Button>
      </div>
    </section>
  );
}

function Consequence({ estimate }: { readonly estimate: TrainEstimate | null }) {
  const { t } = useTranslation('fineTune');
  const format = useFormat();
  if (estimate === null) return <p className={classes.cost}>{t('cost.working')}</p>;
  const { trainableParameters, totalParameters, seconds, memoryBytes, storedBytes } = estimate;
  const memory = format.bytes(Math.round(memoryBytes / 1e6) * 1e6 || 1e6);
  const numbers =
    seconds < 1
      ? t('cost.quick', { memory })
      : t('cost.numbers', { time: format.duration(roundedSeconds(seconds) * 1000), memory });
  return (
    <p className={classes.cost} aria-live="polite">
      <strong>
        {t('cost.sentence', {
          trainable: format.compact(trainableParameters),
          total: format.compact(totalParameters),
        })}
      </strong>{' '}
      {numbers} {t('cost.stored', { size: format.bytes(storedBytes) })}
    </p>
  );
}

/** An estimate is not known to the second: 5 s steps from 20 s, 10 s steps from a minute. */
function roundedSeconds(seconds: number): number {
  const step = seconds < 20 ? 1 : seconds < 60 ? 5 : 10;
  return Math.round(seconds / step) * step;
}
