import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { EvaluationReport, ProjectSnapshot, RunSummary } from '../../../src/index.ts';
import { ProgressRow } from '../../components/ProgressRow.tsx';
import { teachOn } from '../../store/compare-actions.ts';
import { goToStep, useApp } from '../../store/store.ts';
import { cancelTask } from '../../store/tasks.ts';
import styles from './EvaluateStep.module.css';
import own from './MistakeTools.module.css';
import type { NamedClass } from './exam.ts';
import { matrixChanges } from './matrix-change.ts';

interface RetrainProps {
  readonly project: ProjectSnapshot;
  readonly run: RunSummary;
  readonly report: EvaluationReport;
  readonly classes: readonly NamedClass[];
  readonly onShow: (runId: string) => void;
}

/** More classes than this make two matrices that nobody reads: the list of changes says it. */
const MOST_CLASSES = 12;
/** Changes that are listed. */
const LISTED = 12;

/** After mending: teach on from this run, and what that changed in the matrix. */
export function Retrain({ project, run, report, classes, onShow }: RetrainProps) {
  const { t } = useTranslation('workshop');
  const task = useApp(({ tasks }) => tasks.compare);
  const mended = run.datasetRevision !== project.dataset.revision;
  const earlier = project.runs.find(({ id }) => id === run.startedFrom);
  const before = earlier === undefined ? undefined : project.reports[earlier.id];
  const teach = async () => {
    const taught = await teachOn(run);
    if (taught !== null) onShow(taught);
  };
  if (!mended && (earlier === undefined || before === undefined)) return null;
  return (
    <section className={styles.section} aria-labelledby="retrain-title">
      <h2 id="retrain-title" className={styles.title}>
        {t('retrain.title')}
      </h2>
      {mended && task === undefined && (
        <>
          <p className={styles.lead}>{t('retrain.lead', { number: run.number })}</p>
          <div className={own.tools}>
            <Button onClick={() => void teach()}>{t('retrain.on', { number: run.number })}</Button>
            <Button variant="default" onClick={() => goToStep('fine-tune')}>
              {t('retrain.afresh')}
            </Button>
          </div>
        </>
      )}
      {task !== undefined && (
        <ProgressRow
          label={t('retrain.working')}
          unit="parts"
          done={task.done}
          total={task.total}
          onCancel={() => cancelTask('compare')}
        />
      )}
      {earlier !== undefined && before !== undefined && (
        <BeforeAfter {...{ earlier, before, run, report, classes }} />
      )}
    </section>
  );
}

interface BeforeAfterProps extends Omit<RetrainProps, 'project' | 'onShow'> {
  readonly earlier: RunSummary;
  readonly before: EvaluationReport;
}

function BeforeAfter({ earlier, before, run, report, classes }: BeforeAfterProps) {
  const { t } = useTranslation('workshop');
  const changes = matrixChanges(before, report);
  if (changes === null) return <p>{t('change.other', { number: earlier.number })}</p>;
  const name = (at: number) => classes[at]?.name ?? '';
  const order = report.classIds.map((id) => before.classIds.indexOf(id));
  const earlierCounts = order.map((row) => order.map((column) => before.confusion[row]?.[column] ?? 0));
  return (
    <>
      <p role="status">
        {t('change.sum', {
          earlier: earlier.number,
          before: before.correct,
          run: run.number,
          after: report.correct,
          total: report.total,
        })}
      </p>
      {classes.length <= MOST_CLASSES && (
        <div className={own.grids}>
          <Counts
            title={t('change.run', { number: earlier.number })}
            counts={earlierCounts}
            classes={classes}
          />
          <Counts
            title={t('change.run', { number: run.number })}
            counts={report.confusion}
            classes={classes}
          />
        </div>
      )}
      {changes.length > 0 && (
        <ul className={own.changes}>
          {changes.slice(0, LISTED).map(({ truth, predicted, before: from, after: to, better }) => (
            <li key={`${truth}/${predicted}`} data-better={better || undefined}>
              <span>
                {truth === predicted
                  ? t('change.right', { truth: name(truth) })
                  : t('change.wrong', { truth: name(truth), predicted: name(predicted) })}
              </span>
              <span>
                {from} → <strong>{to}</strong> {t(better ? 'change.better' : 'change.worse')}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

interface CountsProps {
  readonly title: string;
  readonly counts: readonly (readonly number[])[];
  readonly classes: readonly NamedClass[];
}

/** A matrix as a small table: rows are what it is, columns what was said. */
function Counts({ title, counts, classes }: CountsProps) {
  return (
    <div className={own.grid}>
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <td />
            {classes.map(({ id, name }) => (
              <th key={id} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {counts.map((row, truth) => (
            <tr key={classes[truth]?.id}>
              <th scope="row">{classes[truth]?.name}</th>
              {row.map((count, predicted) => (
                <td
                  key={classes[predicted]?.id}
                  data-kind={count === 0 ? 'none' : truth === predicted ? 'right' : 'wrong'}
                >
                  {count}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
