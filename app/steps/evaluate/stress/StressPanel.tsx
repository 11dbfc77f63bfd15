import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import {
  wilsonInterval,
  type RunSummary,
  type StressCurve,
  type StressReport,
} from '../../../../src/index.ts';
import { StrengthChart } from '../../../charts/StrengthChart.tsx';
import { ProgressRow } from '../../../components/ProgressRow.tsx';
import { useFormat } from '../../../copy/format.ts';
import { stressRun } from '../../../store/explain-actions.ts';
import { useApp } from '../../../store/store.ts';
import { cancelTask } from '../../../store/tasks.ts';
import styles from '../EvaluateStep.module.css';
import scoreStyles from '../Scores.module.css';
import type { NamedClass } from '../exam.ts';
import own from './StressPanel.module.css';
import { placeOfCell, weakestPoint } from './stress-words.ts';

interface StressPanelProps {
  readonly run: RunSummary;
  readonly classes: readonly NamedClass[];
  /** Hash of today's split: a test of another one is not shown. */
  readonly splitHash: string | undefined;
}

/** How the run holds up on worse pictures, and whether it goes by the background or by a mark at the edge. */
export function StressPanel({ run, classes, splitHash }: StressPanelProps) {
  const { t } = useTranslation('stress');
  const task = useApp(({ tasks }) => tasks.stress);
  const known = useApp(({ stress }) => stress[run.id]);
  const report = known?.splitHash === splitHash ? known : undefined;
  return (
    <section className={styles.section} aria-labelledby="stress-title">
      <h2 id="stress-title" className={styles.title}>
        {t('title')} <span className={styles.term}>({t('term')})</span>
      </h2>
      <p className={styles.lead}>{t('lead')}</p>
      <div className={scoreStyles.place}>
        {task === undefined ? (
          <Button variant="default" onClick={() => void stressRun(run.id)}>
            {t(report === undefined ? 'start' : 'again')}
          </Button>
        ) : (
          <ProgressRow
            label={t('working')}
            unit="pictures"
            done={task.done}
            total={task.total}
            rate={task.rate}
            remainingMs={task.remainingMs}
            onCancel={() => cancelTask('stress')}
          />
        )}
      </div>
      {report !== undefined && (
        <>
          <Findings report={report} classes={classes} />
          <div className={own.charts}>
            {report.curves.map((curve) => (
              <Curve key={curve.kind} curve={curve} report={report} />
            ))}
          </div>
          <p className={styles.lead}>{t('note')}</p>
        </>
      )}
    </section>
  );
}

interface FindingsProps {
  readonly report: StressReport;
  readonly classes: readonly NamedClass[];
}

function Findings({ report, classes }: FindingsProps) {
  const { t } = useTranslation('stress');
  const format = useFormat();
  const { background, shortcuts, total, of } = report;
  const name = (id: string) => classes.find((one) => one.id === id)?.name ?? id;
  const weak = weakestPoint(report);
  const kept = background.perClass
    .filter(({ support, before, correct }) => support > 0 && before > 0 && correct >= before)
    .map(({ classId }) => name(classId));
  return (
    <div className={own.findings} role="status">
      {shortcuts.map(({ classId, cell, tried, flipped }) => (
        <Warning
          key={classId}
          title={t('shortcut.title', { name: name(classId), place: t(`places.${placeOfCell(cell)}`) })}
        >
          {t('shortcut.text', {
            name: name(classId),
            flipped: format.count(flipped),
            tried: format.count(tried),
          })}
        </Warning>
      ))}
      {background.enough && (
        <Warning title={t('background.title')}>
          {t('background.text', {
            covered: format.percent(background.covered),
            correct: format.count(background.correct),
            total: format.count(total),
            chance: format.percent(background.chance),
          })}{' '}
          {kept.length > 0 && t('background.classes', { names: kept.join(t('and')) })}
        </Warning>
      )}
      {shortcuts.length === 0 && !background.enough && (
        <p>
          {t('fine', {
            correct: format.count(background.correct),
            total: format.count(total),
            covered: format.percent(background.covered),
          })}
        </p>
      )}
      {weak !== null && (
        <p>
          {t('weak', {
            kind: t(`kinds.${weak.kind}`),
            before: format.percent(report.correct / total),
            after: format.percent(weak.correct / total),
          })}
        </p>
      )}
      {total < of && (
        <p className={own.note}>{t('part', { total: format.count(total), of: format.count(of) })}</p>
      )}
    </div>
  );
}

function Warning({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className={own.warning}>
      <IconAlertTriangle size={20} stroke={1.6} aria-hidden />
      <div>
        <p className={own.warningTitle}>{title}</p>
        <p>{children}</p>
      </div>
    </div>
  );
}

function Curve({ curve, report }: { readonly curve: StressCurve; readonly report: StressReport }) {
  const { t } = useTranslation('stress');
  const format = useFormat();
  const { kind, points } = curve;
  const { total } = report;
  const strength = (value: number): string => {
    if (kind === 'mirror') return t(value === 0 ? 'asIs' : 'mirrored');
    if (kind === 'jpeg') return format.count(value);
    if (kind === 'rotation') return format.number(value);
    return format.number(100 * value, 1);
  };
  const drawn = points.map((point) => ({
    label: strength(point.strength),
    y: point.correct / total,
    ...wilsonInterval(point.correct, total),
  }));
  return (
    <figure className={own.figure}>
      <figcaption>
        {t(`kinds.${kind}`)} <span className={styles.term}>{t(`units.${kind}`)}</span>
      </figcaption>
      <StrengthChart
        title={t('chart', { kind: t(`kinds.${kind}`) })}
        points={drawn}
        reference={report.correct / total}
        formatY={(value) => format.percent(value)}
      />
      <table className="visually-hidden">
        <caption>{t('chart', { kind: t(`kinds.${kind}`) })}</caption>
        <tbody>
          {drawn.map(({ label, y, low, high }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>
                {t('value', {
                  share: format.percent(y),
                  low: format.percent(low),
                  high: format.percent(high),
                })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
