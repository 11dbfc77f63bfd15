import { NativeSelect, SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { HeatMap, HeatMethod, SampleId } from '../../../../src/index.ts';
import { mainPlace } from '../../../charts/heat-image.ts';
import { useFormat } from '../../../copy/format.ts';
import { useSay } from '../../../copy/use-say.ts';
import { useProbability } from '../../../live/use-probability.ts';
import { useSampleKind } from '../../../store/sample-kind.ts';
import type { NamedClass } from '../exam.ts';
import { Neighbours } from './Neighbours.tsx';
import styles from './WhyPanel.module.css';
import type { Asked } from './use-asked.ts';

export const WHY_VIEWS = ['picture', 'grad-cam', 'occlusion'] as const;
export type WhyView = 'picture' | HeatMethod;

/** What is asked about a picture. */
export interface WhyQuestion {
  readonly view: WhyView;
  /** Index of the class in the report. */
  readonly label: number;
  /** `null`: the last cut that has places. */
  readonly cut: number | null;
}

interface WhyPanelProps {
  readonly runId: string;
  readonly id: SampleId;
  readonly classes: readonly NamedClass[];
  readonly question: WhyQuestion;
  readonly heat: Asked<HeatMap>;
  readonly onAsk: (question: WhyQuestion) => void;
  readonly onGo: (id: SampleId) => void;
}

/** Why a run answered as it did: the choice of a map, what it says in words, and what it learned from that is alike. */
export function WhyPanel({ runId, id, classes, question, heat, onAsk, onGo }: WhyPanelProps) {
  const { t } = useTranslation(['why', 'sound', 'text']);
  const { view, label } = question;
  const kind = useSampleKind();
  if (kind !== 'picture') {
    return (
      <section className={styles.panel} aria-labelledby="why-title">
        <h3 id="why-title" className={styles.title}>
          {t('title')}
        </h3>
        <p className={styles.words}>{t(`${kind}:noHeat`)}</p>
        <Neighbours runId={runId} id={id} classes={classes} onGo={onGo} />
      </section>
    );
  }
  return (
    <section className={styles.panel} aria-labelledby="why-title">
      <h3 id="why-title" className={styles.title}>
        {t('title')}
      </h3>
      <div className={styles.choices}>
        <SegmentedControl
          aria-label={t('views.label')}
          size="sm"
          value={view}
          data={WHY_VIEWS.map((value) => ({ value, label: t(`views.${value}`) }))}
          onChange={(next) => onAsk({ ...question, view: next })}
        />
        {view !== 'picture' && (
          <NativeSelect
            aria-label={t('class')}
            value={label}
            data={classes.map(({ name }, at) => ({ value: String(at), label: t('for', { name }) }))}
            onChange={({ currentTarget }) => onAsk({ ...question, label: Number(currentTarget.value) })}
          />
        )}
        {view === 'grad-cam' && heat.status === 'ready' && heat.value.cuts.length > 1 && (
          <NativeSelect
            aria-label={t('cut')}
            value={heat.value.cut ?? ''}
            data={heat.value.cuts.toReversed().map((one) => ({
              value: String(one.cut),
              label: t('cutAt', { name: one.name, rows: one.rows, columns: one.columns }),
            }))}
            onChange={({ currentTarget }) => onAsk({ ...question, cut: Number(currentTarget.value) })}
          />
        )}
      </div>
      <p className={styles.words} role="status">
        <Words view={view} name={classes[label]?.name ?? ''} heat={heat} />
      </p>
      <Neighbours runId={runId} id={id} classes={classes} onGo={onGo} />
    </section>
  );
}

interface WordsProps {
  readonly view: WhyView;
  readonly name: string;
  readonly heat: Asked<HeatMap>;
}

/** The map in words. */
function Words({ view, name, heat }: WordsProps) {
  const { t } = useTranslation('why');
  const { sayError } = useSay();
  const format = useFormat();
  const say = useProbability();
  if (view === 'picture') return t('lead');
  if (heat.status === 'failed') return sayError(heat.error);
  if (heat.status !== 'ready') {
    const progress = heat.status === 'waiting' ? heat.progress : null;
    return progress === null ? t('working') : t('covering', { done: progress.done, total: progress.total });
  }
  const { method, probability, coveredProbability, elapsedMs } = heat.value;
  const main = mainPlace(heat.value);
  if (main === null) return t('nothing', { name });
  const where = t('where', { name, place: t(`places.${main.place}`), share: format.percent(main.share) });
  const time = t('time', { ms: format.number(elapsedMs, elapsedMs < 10 ? 1 : 0) });
  if (method === 'grad-cam') return `${where} ${t('gradCam')} ${time}`;
  const drop = t('covered', { name, before: say(probability), after: say(coveredProbability ?? 0) });
  return `${where} ${drop} ${time}`;
}
