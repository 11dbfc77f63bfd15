import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EvaluationReport, ProjectSnapshot, SampleId, SamplePrediction } from '../../../src/index.ts';
import { editDataset } from '../../store/data-actions.ts';
import { PictureDialog } from '../pictures/PictureDialog.tsx';
import { sideOf } from '../pictures/side-of.ts';
import styles from './EvaluateStep.module.css';
import { MistakeCard } from './MistakeCard.tsx';
import mistakeStyles from './Mistakes.module.css';
import { predictionsOf, type MatrixCell, type NamedClass } from './exam.ts';

/** How many are shown at first, and how many more at each press. */
const PORTION = 24;

interface MistakesProps {
  readonly project: ProjectSnapshot;
  readonly report: EvaluationReport;
  readonly classes: readonly NamedClass[];
  /** Only this cell of the matrix; `null`: all mistakes. */
  readonly cell: MatrixCell | null;
  readonly onAll: () => void;
}

/** The wrong pictures with what the model said, the most confident first. Opening one allows mending its label. */
export function Mistakes({ project, report, classes, cell, onAll }: MistakesProps) {
  const { t } = useTranslation('evaluate');
  const [most, setMost] = useState(PORTION);
  const [openId, setOpenId] = useState<SampleId | null>(null);
  const all = predictionsOf(report, cell);
  const rest = all.length - most;
  const words =
    cell === null
      ? null
      : { truth: classes[cell.truth]?.name ?? '', predicted: classes[cell.predicted]?.name ?? '' };
  const filter =
    words === null
      ? ''
      : t(cell?.truth === cell?.predicted ? 'mistakes.filterRight' : 'mistakes.filter', words);
  return (
    <section className={styles.section} aria-labelledby="mistakes-title">
      <h2 id="mistakes-title" className={styles.title}>
        {t('mistakes.title')}
      </h2>
      <div className={mistakeStyles.filter} role="status">
        <span>
          {filter !== '' && `${filter}: `}
          {t('mistakes.count', { count: all.length })}
        </span>
        {cell !== null && (
          <Button variant="default" size="compact-md" onClick={onAll}>
            {t('mistakes.all')}
          </Button>
        )}
      </div>
      {all.length === 0 && cell === null && report.total > 0 && (
        <p className={styles.lead}>{t('mistakes.none')}</p>
      )}
      {all.length > 0 && cell === null && <p className={styles.lead}>{t('mistakes.hint')}</p>}
      <ul className={mistakeStyles.list}>
        {all.slice(0, most).map((prediction) => (
          <MistakeCard
            key={prediction.id}
            prediction={prediction}
            classes={classes}
            sample={project.dataset.samples.get(prediction.id)}
            onOpen={() => setOpenId(prediction.id)}
          />
        ))}
      </ul>
      {rest > 0 && (
        <Button className={mistakeStyles.more} variant="default" onClick={() => setMost(most + PORTION)}>
          {t('mistakes.more', { count: Math.min(rest, PORTION) })}
        </Button>
      )}
      <Opened project={project} order={all} id={openId} onOpen={setOpenId} />
    </section>
  );
}

interface OpenedProps {
  readonly project: ProjectSnapshot;
  readonly order: readonly SamplePrediction[];
  readonly id: SampleId | null;
  readonly onOpen: (id: SampleId | null) => void;
}

function Opened({ project, order, id, onOpen }: OpenedProps) {
  const { dataset, split } = project;
  const sample = id === null ? undefined : dataset.samples.get(id);
  if (sample === undefined) return null;
  const ids = order.map((prediction) => prediction.id).filter((other) => dataset.samples.has(other));
  return (
    <PictureDialog
      sample={sample}
      index={ids.indexOf(sample.id)}
      order={ids}
      classes={dataset.classes}
      side={sideOf(split, sample.id)}
      onGo={onOpen}
      onMove={(to) => void editDataset({ kind: 'move-samples', ids: [sample.id], to })}
      onDelete={() => {
        onOpen(null);
        void editDataset({ kind: 'delete-samples', ids: [sample.id] });
      }}
      onClose={() => onOpen(null)}
    />
  );
}
