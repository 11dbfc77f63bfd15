import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import {
  expectedCalibrationError,
  FREE_OPENINGS,
  largestConfusions,
  SCORE_NAMES,
  temperedTable,
  timesOpened,
  type EvaluationReport,
  type PredictionTable,
  type ProjectSnapshot,
  type RunSummary,
} from '../../../src/index.ts';
import { saveBlob } from '../../components/save-blob.ts';
import { useFormat } from '../../copy/format.ts';
import { useApp } from '../../store/store.ts';
import styles from './EvaluateStep.module.css';
import { usePlanWords } from './RunTable.tsx';
import own from './Scores.module.css';
import { useScoreWords } from './Scores.tsx';
import { toHtml, toMarkdown, type CardDocument, type CardSection } from './card-document.ts';
import { isReportStale, isRunStale, type NamedClass } from './exam.ts';
import type { ExamScores } from './use-exam-table.ts';

export interface ReportCardProps {
  readonly project: ProjectSnapshot;
  readonly run: RunSummary;
  readonly report: EvaluationReport;
  readonly table: PredictionTable;
  readonly exam: ExamScores;
  readonly classes: readonly NamedClass[];
}

/** The result in words a person can hand in: as Markdown, as a page to print, and as JSON. */
export function ReportCard(props: ReportCardProps) {
  const { t } = useTranslation('exam');
  const write = useCard(props);
  const { project, run, report, exam } = props;
  const name = `graft-run-${run.number}-card`;
  const print = () => {
    // A page of its own, without a script, in a frame: the browser's own dialog prints it or keeps it as PDF.
    const frame = document.createElement('iframe');
    frame.style.cssText = 'position:fixed;inset:auto 0 0 auto;width:0;height:0;border:0';
    frame.title = t('card.title');
    frame.srcdoc = toHtml(write());
    frame.addEventListener('load', () => {
      frame.contentWindow?.addEventListener('afterprint', () => frame.remove());
      frame.contentWindow?.print();
    });
    document.body.append(frame);
  };
  // A card without its intervals is none: they are there a moment after the scores.
  const button = { variant: 'default', disabled: exam.intervals === null };
  const facts = () => ({
    format: 'graft-model-card',
    version: 1,
    project: project.settings.name,
    task: project.settings.task,
    run,
    split: project.split,
    testSetOpened: timesOpened(project.openings, report.splitHash),
    scores: exam.scores,
    intervals: exam.intervals,
    stale: isRunStale(run, project) || isReportStale(report, project),
    report,
  });
  return (
    <section className={styles.section} aria-labelledby="card-title">
      <h2 id="card-title" className={styles.title}>
        {t('card.title')} <span className={styles.term}>({t('card.term')})</span>
      </h2>
      <p className={styles.lead}>{t('card.lead')}</p>
      <div className={own.row}>
        <Button
          {...button}
          onClick={() => saveBlob(new Blob([toMarkdown(write())], { type: 'text/markdown' }), `${name}.md`)}
        >
          {t('card.markdown')}
        </Button>
        <Button {...button} onClick={print}>
          {t('card.print')}
        </Button>
        <Button
          {...button}
          onClick={() =>
            saveBlob(
              new Blob([JSON.stringify(facts(), null, 2)], { type: 'application/json' }),
              `${name}.json`,
            )
          }
        >
          {t('card.json')}
        </Button>
      </div>
    </section>
  );
}

/** Fewer exam samples of a class than this say hardly anything. */
const FEW = 5;
/** Fewer exam samples than this give a wide range. */
const SMALL = 40;

function useCard(props: ReportCardProps): () => CardDocument {
  const { t, i18n } = useTranslation('exam');
  const format = useFormat();
  const { project, run, report } = props;
  const modelName = useApp(({ models }) => models.find(({ id }) => id === run.modelId)?.name ?? run.modelId);
  const plan = usePlanWords();
  const result = useResultSections(props);
  const language = i18n.language;
  return useMemo(
    () => () => {
      const { split } = project;
      const date = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'long' });
      const model: CardSection = {
        title: t('card.model'),
        paragraphs: [
          t('card.modelLine', { number: run.number, plan: plan(run.settings), model: modelName }),
          t('card.parameters', {
            open: format.count(run.trainableParameters),
            total: format.count(run.totalParameters),
            epoch: run.bestEpoch,
            epochs: run.settings.epochs,
          }),
          t('card.classes', { names: props.classes.map(({ name }) => name).join(', ') }),
        ],
      };
      const data: CardSection = {
        title: t('card.data'),
        paragraphs:
          split === null
            ? []
            : [
                t('card.dataLine', {
                  total: split.train.length + split.validation.length + split.test.length,
                  train: split.train.length,
                  validation: split.validation.length,
                  test: split.test.length,
                }),
                ...(split.groupedSamples > 0 ? [t('card.grouped', { count: split.groupedSamples })] : []),
              ],
      };
      return {
        title: t('card.heading', { name: project.settings.name }),
        language: language === 'zh' ? 'zh-Hans' : 'en',
        lead: t('card.made', { date: date.format(report.evaluatedAtMs) }),
        sections: [model, data, ...result(), reproduction(run, report, t)],
      };
    },
    [format, language, modelName, plan, project, props.classes, report, result, run, t],
  );
}

type Translate = ReturnType<typeof useTranslation<'exam'>>['t'];

/** Every setting with its value, under the names that the code and the JSON have. */
function reproduction(run: RunSummary, report: EvaluationReport, t: Translate): CardSection {
  const flat = (value: unknown, path: string): string[][] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => flat(inner, path === '' ? key : `${path}.${key}`))
      : [[path, String(value)]];
  return {
    title: t('card.again'),
    paragraphs: [t('card.againLine')],
    table: {
      header: [t('card.setting'), t('card.value')],
      rows: [
        ['modelId', run.modelId],
        ['backend', run.backend],
        ['startedAt', new Date(run.startedAtMs).toISOString()],
        ['secondsOfFeatures', run.seconds.features.toFixed(1)],
        ['secondsOfTraining', run.seconds.train.toFixed(1)],
        ['splitHash', report.splitHash],
        ['datasetRevision', String(run.datasetRevision)],
        ...flat(run.settings, ''),
      ],
    },
  };
}

function useResultSections({
  project,
  run,
  report,
  table,
  exam,
  classes,
}: ReportCardProps): () => CardSection[] {
  const { t } = useTranslation(['exam', 'evaluate']);
  const format = useFormat();
  const say = useScoreWords();
  return () => {
    const { scores, intervals } = exam;
    const share = (value: number | null) => (value === null ? t('scores.none') : format.percent(value));
    const gap = (of: PredictionTable) => format.percent(expectedCalibrationError(of) ?? 0, 1);
    const { calibration } = run;
    const opened = timesOpened(project.openings, report.splitHash);
    const few = report.perClass.flatMap(({ support }, at) =>
      support < FEW ? [classes[at]?.name ?? ''] : [],
    );
    const confused = largestConfusions(report.confusion, 5).map(({ truth, predicted, count }) => {
      const names = { truth: classes[truth]?.name ?? '', predicted: classes[predicted]?.name ?? '' };
      return `${t('scores.confusion', names)} (${count})`;
    });
    return [
      {
        title: t('card.result'),
        paragraphs: [
          t('card.resultLine', {
            total: report.total,
            correct: report.correct,
            accuracy: format.percent(report.accuracy),
            low: format.percent(report.accuracyInterval.low),
            high: format.percent(report.accuracyInterval.high),
          }),
          ...(opened > 0 ? [t('evaluate:opened', { count: opened })] : []),
          ...(confused.length > 0 ? [t('card.confused', { list: confused.join('; ') })] : []),
        ],
        table: {
          header: [t('card.perClass'), t('card.support'), t('card.found'), t('card.trusted'), 'F1'],
          rows: report.perClass.map(({ support, recall, precision, f1 }, at) => [
            classes[at]?.name ?? '',
            format.count(support),
            share(recall),
            share(precision),
            share(f1),
          ]),
        },
      },
      {
        title: t('card.scores'),
        paragraphs: [],
        table: {
          header: [t('scores.score'), t('scores.value'), t('scores.range')],
          rows: SCORE_NAMES.map((name) => {
            const value = scores[name];
            const range = name === 'accuracy' ? report.accuracyInterval : intervals?.[name];
            return [
              `${t(`scores.names.${name}`)} (${t(`scores.terms.${name}`)})`,
              value === null ? t('scores.none') : say(name, value),
              value === null || range === null || range === undefined
                ? ''
                : `${say(name, range.low)} – ${say(name, range.high)}`,
            ];
          }),
        },
      },
      {
        title: t('card.certainty'),
        paragraphs: [
          t('card.ece', { gap: gap(table) }),
          ...(calibration === undefined || calibration.samples === 0
            ? []
            : [
                calibration.temperature === 1
                  ? t('card.eceKept', { count: calibration.samples })
                  : t('card.eceAfter', {
                      temperature: format.number(calibration.temperature, 2),
                      count: calibration.samples,
                      gap: gap(temperedTable(table, calibration.temperature)),
                    }),
              ]),
        ],
      },
      {
        title: t('card.limits'),
        paragraphs: [
          ...(report.total < SMALL ? [t('card.limitSmall', { total: report.total })] : []),
          ...(few.length > 0 ? [t('card.limitFew', { names: few.join(', ') })] : []),
          ...(opened > FREE_OPENINGS ? [t('card.limitOpened')] : []),
          ...(isRunStale(run, project) || isReportStale(report, project) ? [t('card.limitStale')] : []),
          t('card.limitKind'),
          t('card.limitSource'),
        ],
      },
    ];
  };
}
