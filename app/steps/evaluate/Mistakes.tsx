import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EvaluationReport, ProjectSnapshot, SampleId } from '../../../src/index.ts';
import { useSay } from '../../copy/use-say.ts';
import type { ExamSelection } from '../../store/exam-selection.ts';
import styles from './EvaluateStep.module.css';
import { ExamPicture } from './ExamPicture.tsx';
import { MistakeCard } from './MistakeCard.tsx';
import { MistakeTools } from './MistakeTools.tsx';
import mistakeStyles from './Mistakes.module.css';
import { predictionsOf, predictionsOfIds, type MatrixCell, type NamedClass } from './exam.ts';

/** How many are shown at first, and how many more at each press. */
const PORTION = 24;

interface MistakesProps {
  readonly project: ProjectSnapshot;
  readonly report: EvaluationReport;
  readonly classes: readonly NamedClass[];
  /** Only this cell of the matrix; `null`: all mistakes. */
  readonly cell: MatrixCell | null;
  /** Exactly these samples instead, right or wrong. */
  readonly selection: ExamSelection | null;
  readonly onAll: () => void;
}

/** The wrong pictures with what the model said, the most confident first. Opening one allows mending its label. */
export function Mistakes({ project, report, classes, cell: chosen, selection, onAll }: MistakesProps) {
  const { t } = useTranslation('evaluate');
  const [most, setMost] = useState(PORTION);
  const [openId, setOpenId] = useState<SampleId | null>(null);
  const { say } = useSay();
  const section = useRef<HTMLElement>(null);
  const cell = selection === null ? chosen : null;
  const filtered = cell !== null || selection !== null;
  const all = selection === null ? predictionsOf(report, cell) : predictionsOfIds(report, selection.ids);
  useEffect(() => {
    if (selection !== null) section.current?.scrollIntoView({ block: 'start' });
  }, [selection]);
  const [picked, setPicked] = useState<ReadonlySet<SampleId>>(new Set());
  const { dataset } = project;
  const listed = all.slice(0, most).flatMap(({ id }) => (dataset.samples.has(id) ? [id] : []));
  const moreId = classes[cell?.truth ?? all[0]?.truth ?? -1]?.id;
  const rest = all.length - most;
  const words =
    cell === null
      ? null
      : { truth: classes[cell.truth]?.name ?? '', predicted: classes[cell.predicted]?.name ?? '' };
  const filter =
    selection !== null
      ? say(selection.why.key, selection.why.values)
      : words === null
        ? ''
        : t(cell?.truth === cell?.predicted ? 'mistakes.filterRight' : 'mistakes.filter', words);
  return (
    <section ref={section} className={styles.section} aria-labelledby="mistakes-title">
      <h2 id="mistakes-title" className={styles.title}>
        {t('mistakes.title')}
      </h2>
      <div className={mistakeStyles.filter} role="status">
        <span>
          {filter !== '' && `${filter}: `}
          {t('mistakes.count', { count: all.length })}
        </span>
        {filtered && (
          <Button variant="default" size="compact-md" onClick={onAll}>
            {t('mistakes.all')}
          </Button>
        )}
      </div>
      {all.length === 0 && !filtered && report.total > 0 && (
        <p className={styles.lead}>{t('mistakes.none')}</p>
      )}
      {all.length > 0 && !filtered && <p className={styles.lead}>{t('mistakes.hint')}</p>}
      {listed.length > 0 && (
        <MistakeTools
          classes={dataset.classes}
          ids={listed}
          picked={picked}
          onPick={setPicked}
          moreOf={dataset.classes.find(({ id }) => id === moreId)}
        />
      )}
      <ul className={mistakeStyles.list}>
        {all.slice(0, most).map((prediction) => (
          <MistakeCard
            key={prediction.id}
            prediction={prediction}
            classes={classes}
            sample={project.dataset.samples.get(prediction.id)}
            onOpen={() => setOpenId(prediction.id)}
            picked={picked.has(prediction.id)}
            onPick={(now) => setPicked(withPicked(picked, prediction.id, now))}
          />
        ))}
      </ul>
      {rest > 0 && (
        <Button className={mistakeStyles.more} variant="default" onClick={() => setMost(most + PORTION)}>
          {t('mistakes.more', { count: Math.min(rest, PORTION) })}
        </Button>
      )}
      <ExamPicture
        project={project}
        report={report}
        classes={classes}
        order={all.map(({ id }) => id)}
        id={openId}
        onOpen={setOpenId}
      />
    </section>
  );
}

function withPicked(picked: ReadonlySet<SampleId>, id: SampleId, now: boolean): ReadonlySet<SampleId> {
  const next = new Set(picked);
  if (now) next.add(id);
  else next.delete(id);
  return next;
}
