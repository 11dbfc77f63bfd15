import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Prediction } from '../../../src/index.ts';
import { useApp } from '../../store/store.ts';
import { HeatShade } from '../evaluate/why/HeatShade.tsx';
import { WhyChoices } from '../evaluate/why/WhyChoices.tsx';
import { useHeat, type WhyQuestion } from '../evaluate/why/use-heat.ts';
import styles from './UseStep.module.css';

interface WhyFileProps {
  /** What was written or chosen. */
  readonly file: File | null;
  /** The answer to it. */
  readonly prediction: Prediction | null;
}

/** Why a run answered to something that is no sample as it did: asked only when the person wants to know. */
export function WhyFile({ file, prediction }: WhyFileProps) {
  const { t } = useTranslation('why');
  const runs = useApp(({ project }) => project?.runs) ?? [];
  const present = useApp(({ project }) => project?.dataset.classes) ?? [];
  const [asked, setAsked] = useState<Omit<WhyQuestion, 'label'> & { readonly label: number | null }>(NOTHING);
  const runId = prediction?.speaker.kind === 'run' ? prediction.speaker.runId : null;
  const ids = prediction?.classIds ?? [];
  const said = prediction === null ? 0 : largest(prediction.probabilities);
  // The question is about the answer, until the person asks about another class that the run knows.
  const label = asked.label !== null && asked.label < ids.length ? asked.label : said;
  const then = runs.find(({ id }) => id === runId)?.classes ?? [];
  const classes = ids.map((id) => [...present, ...then].find((one) => one.id === id) ?? { name: id });
  const question = { ...asked, label };
  const heat = useHeat({
    runId: file === null ? null : runId,
    of: { file: file ?? NO_FILE, key: keyOf(file ?? NO_FILE) },
    classId: ids[label] ?? '',
    view: question.view,
    cut: question.cut,
  });
  if (file === null || prediction === null) return null;
  return (
    <section className={styles.why} aria-labelledby="why-file">
      <h3 id="why-file" className={styles.cardTitle}>
        {t('title')}
      </h3>
      {runId === null ? (
        <p className={styles.lead}>{t('noRun')}</p>
      ) : (
        <WhyChoices
          classes={classes}
          question={question}
          heat={heat}
          onAsk={(next) => setAsked({ ...next, label: next.label === label ? asked.label : next.label })}
        >
          {heat.status === 'ready' && (
            <div className={styles.marked}>
              <HeatShade heat={heat} width={1} height={1} name={classes[label]?.name ?? ''} />
            </div>
          )}
        </WhyChoices>
      )}
    </section>
  );
}

const NOTHING = { view: 'picture', label: null, cut: null } as const;
const NO_FILE = new File([], '');

const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((best, value, at, all) => (value > (all[best] ?? 0) ? at : best), 0);

/** A name for a file, as long as it lives. */
function keyOf(file: File): string {
  const known = keys.get(file) ?? ++lastKey;
  keys.set(file, known);
  return `file ${known}`;
}

const keys = new WeakMap<File, number>();
let lastKey = 0;
